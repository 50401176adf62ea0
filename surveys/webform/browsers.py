"""What browsers call themselves, in two words that people know."""

BROWSERS = {  # the first that is found: most of them say that they are Chrome or Safari too
    "MicroMessenger": "WeChat",
    "SamsungBrowser": "Samsung Internet",
    "HuaweiBrowser": "Huawei",
    "MiuiBrowser": "Mi",
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def named(agent: str) -> str:
    """Such as "Chrome, Android"; blank for what nobody knows."""
    return ", ".join(filter(None, (_first(agent, BROWSERS), _first(agent, SYSTEMS))))


def _first(agent: str, names: dict[str, str]) -> str:
    return next((name for mark, name in names.items() if mark in agent), "")
