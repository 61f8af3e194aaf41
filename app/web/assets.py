"""Static files: read once, compressed once, served from memory under names that carry their hash."""

import gzip
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import brotli
import rcssmin
import rjsmin
from flask import Blueprint, Flask, Response, abort, current_app, url_for

from app.web import inline_sheet
from app.web.compression import accepted_coding
from app.web.doors import public

assets = Blueprint("assets", __name__)
_COMPRESSIBLE = {".css", ".js", ".svg", ".txt", ".html"}
_URL = re.compile(r"url\(([^)]*)\)")
mimetypes.add_type("image/svg+xml", ".svg")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to go out; `packed` by Content-Encoding, empty where packing is no use."""

    hashed_name: str
    mimetype: str
    plain: bytes
    packed: Mapping[str, bytes]


def _small(path: Path, known: Mapping[str, Asset]) -> bytes:
    """Our own scripts and styles without comments and blanks; readable here, light on the line. No build step."""
    if path.suffix == ".js" and not path.name.endswith(".min.js"):
        return str(rjsmin.jsmin(path.read_text())).encode()
    if path.suffix == ".css":
        return _small_sheet(path.read_text(), known).encode()
    return path.read_bytes()


def _small_sheet(text: str, known: Mapping[str, Asset]) -> str:
    """A sheet names files as templates do: `url(images/…)`, whichever folder it stands in itself."""
    return _URL.sub(lambda found: f"url(/static/{known[found[1]].hashed_name})", str(rcssmin.cssmin(text)))


def _read(path: Path, name: str, known: Mapping[str, Asset]) -> Asset:
    plain = _small(path, known)
    digest = sha256(plain).hexdigest()[:8]
    packed = {}
    if path.suffix in _COMPRESSIBLE:
        packed = {"br": brotli.compress(plain, quality=11), "gzip": gzip.compress(plain, 9, mtime=0)}
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(f"{path.stem}.{digest}{path.suffix}", mimetype, plain, packed)


def init_app(app: Flask) -> None:
    """Read the static folder and teach templates `asset('css/app.css')`."""
    root = Path(app.root_path) / "static"
    found: dict[str, Asset] = {}
    for path in sorted(root.rglob("*"), key=lambda path: (path.suffix == ".css", path)):  # sheets name others
        if path.is_file() and path.suffix != ".ttf":  # the certificate's font never goes over the wire
            name = path.relative_to(root).as_posix()
            found[name] = _read(path, name, found)
    app.extensions["assets"] = {asset.hashed_name: asset for asset in found.values()}
    inline_sheet.init_app(app, _small_sheet(inline_sheet.part_of((root / "css/app.css").read_text()), found))

    @app.template_global()
    def asset(name: str) -> str:
        return url_for("assets.static_file", name=found[name].hashed_name)

    app.register_blueprint(assets)


@assets.get("/static/<path:name>")
@public
def static_file(name: str) -> Response:
    """A hashed name never changes its content: keep it for a year."""
    asset: Asset | None = current_app.extensions["assets"].get(name)
    if asset is None:
        abort(404)
    coding = accepted_coding() if asset.packed else None
    response = Response(asset.packed[coding] if coding else asset.plain, mimetype=asset.mimetype)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if asset.packed:
        response.headers["Vary"] = "Accept-Encoding"
    if coding:
        response.headers["Content-Encoding"] = coding
    return response
