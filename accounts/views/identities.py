"""Page: one's link to the identity provider; making and removing it takes both factors anew."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from accounts.domain.identity_operations import link_operation, unlink_operation
from accounts.domain.operations import Operation
from accounts.errors import AccountsError
from accounts.models import Identity
from accounts.services.identities import has_own_sign_in, identity_link_allow, identity_unlink
from accounts.services.provider import single_sign_on_is_configured
from accounts.services.single_sign_on import Purpose
from accounts.views.full_proof import full_proof_form, fully_proved
from accounts.views.pages import ConsoleRequest, own_page, page_render
from accounts.views.single_sign_on import leave


@own_page
def identity_page(request: ConsoleRequest) -> HttpResponse:
    """Show the link; where there is none, make one: to the provider, once both factors are proved."""
    if not single_sign_on_is_configured():
        raise Http404
    identity = Identity.objects.filter(user=request.user, issuer=settings.OIDC_ISSUER).first()
    operation = _operation(request, identity)
    form = full_proof_form(request, operation)
    if request.method == "POST" and form.is_valid():
        try:
            step_up = fully_proved(request, operation, form)
            if identity is None:
                identity_link_allow(step_up=step_up, operation=operation)
                return leave(request, Purpose.LINK, person=request.user.pk)
            identity_unlink(step_up=step_up, operation=operation, identity_pk=identity.pk)
        except AccountsError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"The link to {settings.OIDC_NAME} is removed.")
            return redirect("accounts:identities")
    context = {
        "title": "Single sign-on",
        "form": form,
        "identity": identity,
        "provider": settings.OIDC_NAME,
        "may_remove": has_own_sign_in(request.user),
    }
    return page_render(request, "accounts/identity.html", context)


def _operation(request: ConsoleRequest, identity: Identity | None) -> Operation:
    person = request.user.pk
    if identity is None:
        return link_operation(person=person, issuer=settings.OIDC_ISSUER)
    return unlink_operation(person=person, identity=identity.pk)
