"""Contest law: pure functions over plain values. No clock, no database, no chance without a seed."""
