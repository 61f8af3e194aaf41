"""Which gateway the settings ask for."""

from functools import partial

from app.config import ConfigError, Settings
from app.services.sms.gateway import ConsoleGateway, FileGateway, Gateway
from app.services.sms.http_gateway import HttpGateway
from app.services.sms.http_settings import read_http_settings


def open_gateway(settings: Settings) -> Gateway | None:
    """The gateway, or None when there is none. Raises ConfigError."""
    match settings.sms:
        case "off":
            return None
        case "console":
            return ConsoleGateway(partial(print, flush=True))
        case "file":
            return FileGateway(settings.sms_file)
    if settings.sms_config is None:
        raise ConfigError("LANTOA_SMS_CONFIG: expected the absolute path of a file, as LANTOA_SMS is 'http'")
    return HttpGateway(read_http_settings(settings.sms_config))
