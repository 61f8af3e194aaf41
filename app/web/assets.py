"""Static files: read once, compressed once, served from memory under names that carry their hash."""

import gzip
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import brotli
import rcssmin
import rjsmin
from flask import Blueprint, Flask, Response, abort, current_app, url_for

from app.web.access import public
from app.web.compression import accepted_coding

assets = Blueprint("assets", __name__)
_COMPRESSIBLE = {".css", ".js", ".svg", ".txt", ".html"}
mimetypes.add_type("image/svg+xml", ".svg")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to go out; `packed` by Content-Encoding, empty where packing is no use."""

    hashed_name: str
    mimetype: str
    plain: bytes
    packed: Mapping[str, bytes]


def _small(path: Path) -> bytes:
    """Our own scripts and styles without comments and blanks; readable here, light on the line. No build step."""
    if path.suffix == ".js" and not path.name.endswith(".min.js"):
        return str(rjsmin.jsmin(path.read_text())).encode()
    if path.suffix == ".css":
        return str(rcssmin.cssmin(path.read_text())).encode()
    return path.read_bytes()


def _read(path: Path, name: str) -> Asset:
    plain = _small(path)
    digest = sha256(plain).hexdigest()[:10]
    stem, dot, suffix = name.rpartition(".")
    packed = {}
    if path.suffix in _COMPRESSIBLE:
        packed = {"br": brotli.compress(plain, quality=11), "gzip": gzip.compress(plain, 9, mtime=0)}
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(f"{stem}.{digest}{dot}{suffix}", mimetype, plain, packed)


def init_app(app: Flask) -> None:
    """Read the static folder and teach templates `asset('css/app.css')`."""
    root = Path(app.root_path) / "static"
    found = {
        path.relative_to(root).as_posix(): _read(path, path.relative_to(root).as_posix())
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix != ".ttf"  # the certificate's font never goes over the wire
    }
    app.extensions["assets"] = {asset.hashed_name: asset for asset in found.values()}

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
