"""What the page "On this phone" says, in the language that is active, for its scripts."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.webform.words import Words, pair, storage_words


def words() -> Words:
    """The sentences by the keys under which `static/js/offline/` asks for them."""
    return (
        _page()
        | _drafts()
        | _kits()
        | _outbox()
        | _sent()
        | _storage()
        | storage_words()
        | _archive()
    )


def _page() -> Words:
    return {
        "site": _("Five Standards"),
        "skip": _("Skip to the content"),
        "title": _("On this phone"),
        "finished_kept": _(
            "Finished, and kept on this phone. It is sent by itself as soon as there is a network; "
            "until then do not clear the browser."
        ),
        "home": _("My work"),
        "no_network": _("Offline"),
        "sign_in": _("Sign in"),
        "signed_in_as": _("Signed in as %(name)s"),
        "nobody_title": _("Nobody is signed in on this phone"),
        "nobody_text": _(
            "Sign in where there is a network. What you kept on this phone is safe: it is then shown "
            "again, and sent."
        ),
        "sign_out": _("Sign out"),
        "lock_title": _("Sign out without a network?"),
        "lock_text": _(
            "You can only sign in again where there is a network. What waits stays on this phone, "
            "and is sent after you sign in again."
        ),
        "stay_signed_in": _("Stay signed in"),
        "signed_out_title": _("You are signed out"),
        "signed_out_text": _("What waits is safe on this phone. Sign in, and it is sent."),
        "not_here_title": _("This browser cannot work without a network"),
        "broken": _("This did not work. Reload this page, then try again."),
        "cleared_title": _("The browser's data was cleared"),
        "cleared": _(
            "What this phone kept is gone from it. Drafts of which the server has a copy are under "
            "“My work”. Tell your supervisor which interviews were waiting, and bring them back from "
            "a file where you saved one."
        ),
    }


def _drafts() -> Words:
    return {
        "drafts": _("Drafts on this phone"),
        "resume": _("resume"),
        "saved_at": _("saved %(time)s"),
        "copy_on_server": _("copy on the server"),
        "only_here": _("only on this phone"),
        "moved": _("Discarded on this phone, but changed on another device since."),
        "discard": _("Discard"),
        "discard_label": _("Discard the draft at %(site)s saved %(time)s"),
        "discard_title": _("Discard this draft?"),
        "discard_text": _(
            "The answers at %(site)s, saved %(time)s, would be gone for good, here and on the server."
        ),
        "discard_files": pair(
            lambda count: ngettext(
                "With them %(count)s picture or other file.",
                "With them %(count)s pictures or other files.",
                count,
            )
        ),
        "keep_it": _("Keep it"),
        "draft_closed": _(
            "The questionnaire is closed, or the site is not yours any more. Finish the interview and "
            "send it: it is kept, and your supervisor decides."
        ),
        "draft_older": _(
            "Begun with an earlier version of the questionnaire. Finish it and send it as it is."
        ),
    }


def _kits() -> Words:
    return {
        "kits": _("Questionnaires"),
        "no_kits": _("No questionnaire is open at a site of yours."),
        "no_kits_here": _(
            "No questionnaire is on this phone yet. Open this page where there is a network."
        ),
        "kit_here": _("Works without a network"),
        "kit_missing": _("Needs a network, %(size)s"),
        "kit_form": _("%(survey)s · form %(version)s"),
        "take_along": _("Make available offline"),
        "taking": _("Fetching, %(share)s"),
        "kit_failed": _("It could not be fetched: no connection. Try again where it is better."),
        "kit_blocked": _(
            "This browser lets no page work without a network. Open this address in a normal window, "
            "not a private one, and allow cookies and site data for it."
        ),
        "kit_updating": _("The application is being renewed. Try again in a minute."),
        "start": _("Start"),
        "start_failed": _("The interview could not be started. Fetch the questionnaire again."),
        "done_of": _("%(received)s of %(target)s"),
        "waiting_here": pair(
            lambda count: ngettext("%(count)s more waits here", "%(count)s more wait here", count)
        ),
        "no_sites": _("No site is assigned to you. Ask your supervisor."),
    }


def _outbox() -> Words:
    return {
        "waiting_tile": _("waiting to be sent"),
        "received_tile": _("received by the server"),
        "by_itself": _("Sent by itself as soon as there is a network."),
        "nothing_waits": _("Nothing waits to be sent."),
        "send_now": _("Send now"),
        "waiting": _("Waiting to be sent"),
        "refused_here": _("Not taken by the server"),
        "finished_at": _("finished %(time)s"),
        "sending": _("Sending…"),
        "in_turn": _("Waits for its turn."),
        "no_answer": _("No connection. Next try %(time)s."),
        "signed_out": _("You are signed out. Sign in, and it is sent."),
        "busy": _("The server is busy. Next try %(time)s."),
        "files": _("Some of its files have not arrived yet. Next try %(time)s."),
        "differs": _(
            "The server holds something else under this number. It stays on this phone; next try "
            "%(time)s. Show this to your supervisor."
        ),
        "refused": _("The server does not take it: %(said)s"),
        "refused_help": _(
            "It stays on this phone. Save all to a file below, and show this to your supervisor."
        ),
        "try_again": _("Try again"),
    }


def _sent() -> Words:
    return {
        "sent": _("Received by the server"),
        "received_at": _("received %(time)s"),
        "received": _("Received"),
        "checksum": _("Checksum"),
        "receipt_number": _("Receipt no."),
        "file_count": pair(lambda count: ngettext("%(count)s file", "%(count)s files", count)),
        "compare": _("Compare with the server"),
        "same": _("The server holds the same."),
        "gone": _("The server does not have it. Tell your supervisor."),
        "other": _("The server holds something else. Tell your supervisor."),
        "lacking": pair(
            lambda count: ngettext(
                "The server lacks %(count)s file. Tell your supervisor.",
                "The server lacks %(count)s files. Tell your supervisor.",
                count,
            )
        ),
        "not_compared": _("The server could not be asked: no connection."),
    }


def _storage() -> Words:
    return {
        "storage": _("Space on this phone"),
        "space": _("%(used)s used, about %(left)s left."),
        "persisted": _("The browser keeps it until you delete it."),
        "not_persisted": _("The browser may clear it when the phone is short of space."),
        "persist": _("Ask the browser to keep it"),
        "not_granted": _(
            "The browser did not agree. Add this page to the home screen; then it usually does. In a "
            "private window all of it goes when the window is closed: send before that."
        ),
        "install": _("Add to the home screen"),
    }


def _archive() -> Words:
    return {
        "export": _("Save all to a file"),
        "export_help": _(
            "Drafts and what waits, with their pictures: to bring them to another phone or your "
            "supervisor."
        ),
        "import": _("Bring back from a file"),
        "imported": pair(
            lambda count: ngettext(
                "%(count)s interview was brought back.",
                "%(count)s interviews were brought back.",
                count,
            )
        ),
        "imported_none": _("All of it is on this phone already."),
        "import_other": _("This file is a colleague's. Only they can bring it back."),
        "import_broken": _("This is no file of interviews, or it is damaged."),
    }
