"""The Nu HTML checker finds no error on any page: `make audit`."""

from tests.support.site import Site
from tests.support.vnu import Checker


def test_vnu_finds_no_error(site: Site, vnu: Checker) -> None:
    assert vnu(site) == {}
