"""Page: where an app is in the stores."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page, page_render
from releaseconsole.kernel.errors import ConsoleError
from updates.forms import StorePresenceForm
from updates.selectors.apps import app_get
from updates.selectors.store_presence import store_presence_of
from updates.services.store_presence import store_presence_set


@console_page(Permission.CHANNEL_MANAGE)
def store_presence(request: ConsoleRequest, app_id: str) -> HttpResponse:
    """A form for where the app is in the stores."""
    app = app_get(app_id=app_id)
    initial = StorePresenceForm.initial_of(store_presence_of(app=app))
    form = StorePresenceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            store_presence_set(app=app, values=form.values(), actor=request.user.actor)
        except ConsoleError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Testers are led to these stores from now on.")
            return redirect("updates:stores", app_id)
    context = {"title": "Stores", "app": app, "form": form}
    return page_render(request, "updates/testers/stores.html", context)
