"""An exam that never loses an answer, shown under killed workers, cut lines and doubled, late messages."""
