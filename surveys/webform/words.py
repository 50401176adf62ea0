"""What the scripts of the live page say, in the language that is active."""

from collections.abc import Callable
from typing import TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Words: TypeAlias = dict[str, str | list[str]]  # of a pair, the first is for a count of one


def words() -> Words:
    """The sentences by the keys under which `static/js/webform/` asks for them."""
    return (
        _saving()
        | storage_words()
        | _asking()
        | _ending()
        | _repeating()
        | _choosing()
        | _sending()
        | _locating()
    )


def preview_words() -> Words:
    """What it says instead where nothing is kept."""
    nothing_saved = _("Preview: nothing is saved")
    return {
        "saved": nothing_saved,
        "saving": nothing_saved,
        "send": _("End the preview"),
        "send_refusal": _("End the preview"),
    }


def pair(sentence: Callable[[int], str]) -> list[str]:
    return [sentence(1), sentence(2)]


def _saving() -> Words:
    return {
        "saved": _("Saved %(time)s"),
        "saving": _("Saving…"),
        "offline": _("Not saved: no connection, will try again"),
        "kept": _("Saved on this phone %(time)s"),
        "kept_signed_out": _("Saved on this phone. You are signed out."),
        "only_phone": _("Saved on this phone only. %(message)s"),
        "only_server": _("Saved on the server %(time)s. %(message)s"),
        "signed_out": _("Not saved: you are signed out."),
        "sign_in": _("Sign in again"),
        "conflict": _("Not saved: changed on another page"),
        "refused": _("Not saved. %(message)s"),
        "not_saved_title": _("Not everything is saved"),
        "not_saved_text": _(
            "There is no connection now. If you leave, what you typed last is lost. Stay, and it is saved as soon as the connection is back."
        ),
        "stay": _("Stay here"),
        "leave": _("Leave all the same"),
        "conflict_title": _("This interview was changed on another page"),
        "conflict_text": _(
            "Another page or phone saved it later than this one. Which answers shall count?"
        ),
        "conflict_kept": _("The others stay on this phone as a draft of their own."),
        "keep_mine": _("Those on this page"),
        "take_other": _("Those saved there"),
        "open_elsewhere": _("This interview is open in another tab. Go on there, or close it."),
        "not_on_phone": _("This interview is not on this phone, and there is no network."),
        "no_language": _("The language cannot be changed now: no connection."),
    }


def storage_words() -> Words:
    """Why a phone keeps nothing, and what to do."""
    return {
        "storage_none": _(
            "This browser keeps nothing, as in a private window. Open this page in a normal window."
        ),
        "storage_full": _(
            "The phone is full. Send what waits, or delete films and apps, then try again."
        ),
        "storage_newer": _("Another tab has a newer version of this page. Reload this one."),
        "storage_blocked": _("Close the other tabs of this page, then reload this one."),
        "storage_differs": _(
            "The phone did not keep what was written. Restart it, and do not close this page before "
            "it is sent."
        ),
        "storage_broken": _(
            "The phone's storage does not answer. Reload this page; if that does not help, restart "
            "the phone."
        ),
    }


def _asking() -> Words:
    return {
        "answered": _("%(answered)s of %(asked)s answered"),
        "required": _("Please answer this question."),
        "constraint": _("This answer is outside what the form allows. Please check it."),
        "choice": _("Choose from the answers listed."),
        "type": _("This answer cannot be read. Please type it again."),
        "type_integer": _("Type a whole number in digits, such as 12."),
        "type_decimal": _("Type a number in digits, such as 12 or 12.5."),
        "type_range": _("Type a number in digits, such as 12 or 12.5."),
        "type_date": _("Type a date, such as 2026-11-30."),
        "type_time": _("Type a time, such as 14:30."),
        "type_datetime": _("Type a date and a time, such as 2026-11-30 14:30."),
        "type_geopoint": _("Type latitude and longitude, such as 31.2304 121.4737."),
        "type_geotrace": _("Record at least two points."),
        "type_geoshape": _("Record at least three points."),
        "look_again": pair(
            lambda count: ngettext(
                "%(count)s answer to look at again", "%(count)s answers to look at again", count
            )
        ),
        "hidden_rule": _("A rule of the form fails here. Show this page to your coordinator."),
        "left_blank": _("Left blank"),
        "minutes": pair(lambda count: ngettext("%(count)s minute", "%(count)s minutes", count)),
        "form": _("form %(version)s"),
        "check": _("Check, then finish"),
    }


def _ending() -> Words:
    return {
        "send": _("Finish and send"),
        "send_refusal": _("Send the refusal"),
        "not_sent": _("Not sent: no connection. Keep this page open and try again in a while."),
        "still_sending": _("A file is still on its way. Wait until it is sent, then finish."),
        "files_elsewhere": _(
            "Some pictures or files of it are on the server only. Finish it where there is a network."
        ),
        "files_gone": _(
            "Some pictures or files of it are gone: the browser's data was cleared. Take them again, "
            "then finish."
        ),
        "refused_by_server": _("The server found something to correct."),
        "see_why": _("See what it is"),
        "sending_interview": _("Sending…"),
    }


def _repeating() -> Words:
    return {
        "added": _("Number %(number)s added"),
        "removed": _("Number %(number)s removed"),
        "remove_title": _("Remove number %(number)s?"),
        "remove_text": _("Its answers would be gone for good."),
        "keep_it": _("Keep it"),
        "remove": _("Remove"),
    }


def _choosing() -> Words:
    return {
        "clear": _("Clear"),
        "cancel": _("Cancel"),
        "not_answered": _("Not answered yet"),
        "type_to_search": _("Type to search"),
        "matches": pair(lambda count: ngettext("%(count)s match", "%(count)s matches", count)),
        "many_matches": _("The first %(count)s are shown. Type more to find others."),
        "remove_choice": _("Remove %(label)s"),
        "no_choices": _("No choice fits what was answered before."),
        "not_ranked": _("Not in order yet. Move them, or keep this order."),
        "ranked": _("In order, the first on top."),
        "ranked_at": _("%(label)s is number %(number)s now."),
        "this_order": _("Keep this order"),
        "move_up": _("Move %(label)s up"),
        "move_down": _("Move %(label)s down"),
        "scan": _("Scan"),
        "hold_code": _("Hold the code before the camera."),
        "no_camera": _("The camera cannot be used. Type the code instead."),
    }


def _sending() -> Words:
    return {
        "choose_image": _("Take or choose a picture"),
        "choose_audio": _("Record or choose a sound"),
        "choose_video": _("Film or choose a video"),
        "choose_file": _("Choose a file"),
        "choose_another": _("Choose another"),
        "picture_instead": _("Use a picture instead"),
        "remove_file": _("Remove the file"),
        "open_file": _("Open the file"),
        "preview": _("The picture as it is now"),
        "preparing": _("Preparing…"),
        "sending": _("Sending"),
        "sending_file": _("Sending, %(size)s MB"),
        "file_waits": _("Not sent yet: no connection, will try again"),
        "file_refused": _("The server does not take this file. Choose another."),
        "try_again": _("Try again now"),
        "no_image": _("%(name)s is no picture. Choose a .jpg or .png file."),
        "no_audio": _("%(name)s is no sound. Choose a recording."),
        "no_video": _("%(name)s is no film. Choose a video."),
        "large_file": _("%(name)s is larger than 50 MB. Make it smaller, then try again."),
        "unreadable_file": _("%(name)s cannot be read any more. Choose it again."),
        "empty_file": _("%(name)s is empty. Choose another file."),
        "signature_pad": _("Sign here"),
        "draw_pad": _("Draw here"),
        "annotate_pad": _("Draw on the picture"),
        "undo": _("Undo"),
        "clear_drawing": _("Start over"),
    }


def _locating() -> Words:
    return {
        "record_place": _("Record this place"),
        "record_again": _("Record again"),
        "use_reading": _("Use this (±%(metres)s m)"),
        "searching_gps": _("Searching for satellites…"),
        "improving": _("±%(metres)s m, getting better. Wanted: ±%(wanted)s m."),
        "accurate_to": _("±%(metres)s m"),
        "type_place": _("Type it instead"),
        "add_here": _("Add the point where I am"),
        "add_point": _("Add this point"),
        "walk": _("Record while walking"),
        "stop_walk": _("Stop recording"),
        "remove_last": _("Remove the last point"),
        "points": pair(lambda count: ngettext("%(count)s point.", "%(count)s points.", count)),
        "more_points": pair(
            lambda count: ngettext("%(count)s more is needed.", "%(count)s more are needed.", count)
        ),
        "no_gps": _("This device or browser gives no position. Type it instead."),
        "gps_forbidden": _(
            "The browser may not use the position. Allow it in its settings, or type it."
        ),
        "gps_lost": _("No position was found. Go outside, or type it."),
        "gps_late": _("It takes long to find the position. Go outside, or type it."),
    }
