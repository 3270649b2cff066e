"""Shapes of what goes in and out; rules are the services' business."""

from typing import Any

from rest_framework import serializers

from signing.models import RecipientKey


class JWKIn(serializers.Serializer[Any]):
    """A public key to encrypt to (RFC 7517): P-256 or RSA, and nothing private."""

    kty = serializers.ChoiceField(choices=["EC", "RSA"])
    crv = serializers.CharField(required=False, help_text="P-256.")
    x = serializers.CharField(required=False)
    y = serializers.CharField(required=False)
    n = serializers.CharField(required=False)
    e = serializers.CharField(required=False)
    alg = serializers.ChoiceField(choices=["ECDH-ES+A256KW", "RSA-OAEP-256"])
    use = serializers.ChoiceField(choices=["enc"])
    kid = serializers.CharField(help_text="RFC 7638 thumbprint.")


class RecipientOut(serializers.ModelSerializer[RecipientKey]):
    """A registered key, by its names."""

    class Meta:
        model = RecipientKey
        fields = ["device_id", "kid", "algorithm", "registered_at"]
        read_only_fields = fields


class DeviceKeyIn(serializers.Serializer[Any]):
    """What a device says of itself."""

    app_id = serializers.CharField(max_length=155)
    device_id = serializers.CharField(max_length=64)
    jwk = serializers.DictField(child=serializers.JSONField())


class TokenIn(serializers.Serializer[Any]):
    """A token that is asked for."""

    subject = serializers.CharField(max_length=128, trim_whitespace=False)
    claims = serializers.DictField(child=serializers.JSONField(), default=dict)
    consent = serializers.BooleanField(default=False, help_text="The person consented to personal claims.")
    encrypt = serializers.BooleanField(default=False, help_text="To the back end's registered key.")
    lifetime = serializers.IntegerField(
        required=False, allow_null=True, help_text="Seconds, at most 900 and the console's TOKEN_LIFETIME."
    )


class TokenOut(serializers.Serializer[Any]):
    """An issued token."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()
    kid = serializers.CharField(help_text="The key that signed it.")


class BackendKeyOut(serializers.Serializer[Any]):
    """A key that verifies back-end tokens."""

    kid = serializers.CharField()
    algorithm = serializers.CharField()
    state = serializers.CharField()
    jwk = serializers.DictField(allow_null=True, help_text="The public key; null for a secret.")
    jwe = serializers.CharField(
        allow_null=True, help_text="A secret (HS256) as a JWK, encrypted to the back end's registered key."
    )


class BackendKeysOut(serializers.Serializer[Any]):
    """All keys that verify back-end tokens, now and next."""

    keys = BackendKeyOut(many=True)


class JudgeIn(serializers.Serializer[Any]):
    """A token to be judged."""

    token = serializers.CharField(trim_whitespace=False, allow_blank=True)
    consume = serializers.BooleanField(default=False, help_text="Use it up: it is good this once.")
    subject = serializers.CharField(required=False, allow_null=True, trim_whitespace=False)
    nonce = serializers.CharField(required=False, allow_null=True, trim_whitespace=False)


class VerdictOut(serializers.Serializer[Any]):
    """What is said of a token."""

    valid = serializers.BooleanField()
    claims = serializers.DictField(required=False, help_text="Of a valid token.")
    consumed = serializers.BooleanField(required=False, help_text="Of a valid token.")
    code = serializers.ChoiceField(
        choices=["token_refused", "token_expired", "token_replayed"],
        required=False,
        help_text="Of any other one. The console's log has the reason.",
    )
