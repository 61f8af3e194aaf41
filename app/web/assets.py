"""Static files: read once, compressed once, served from memory under names that carry their hash."""

import gzip
import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import rcssmin
import rjsmin
from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from app.web.access import public

assets = Blueprint("assets", __name__)
_COMPRESSIBLE = {".css", ".js", ".svg", ".txt", ".html"}
mimetypes.add_type("image/svg+xml", ".svg")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to go out."""

    hashed_name: str
    mimetype: str
    plain: bytes
    packed: bytes | None


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
    packed = gzip.compress(plain, 9, mtime=0) if path.suffix in _COMPRESSIBLE else None
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
    packed = asset.packed if "gzip" in request.headers.get("Accept-Encoding", "") else None
    response = Response(packed or asset.plain, mimetype=asset.mimetype)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if asset.packed:
        response.headers["Vary"] = "Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response
