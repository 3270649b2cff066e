"""What is pasted into a CI's file so that its job publishes: no secret in it, and nothing to look up."""

import json
from typing import Final

from accounts.domain.publishers import PublisherKind, PublisherTerms

_GITHUB: Final = """\
# In {file}
permissions:
  contents: read
  id-token: write  # lets the job prove to the console which job it is

jobs:
  release:
    runs-on: ubuntu-latest
{environment}    steps:
      - uses: actions/checkout@v5
      - run: npm ci && npm run build && (cd dist && zip -qr ../www.zip .)
      - name: Upload to Release Console
        env:
          CONSOLE: {console}
          APP_ID: {app_id}
        run: |
          set -euo pipefail
          id_token=$(curl -fsS -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\
            "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$CONSOLE" | jq -er .value)
          token=$(jq -n --arg token "$id_token" --arg app_id "$APP_ID" '$ARGS.named' |
            curl -fsS --json @- "$CONSOLE/api/v1/trusted-publishing/exchange" | jq -er .token)
          echo "::add-mask::$token"
          version=$(jq -er .version package.json)
          curl -fsS -H "Authorization: Bearer $token" -F "version=$version" -F file=@www.zip \\
            "$CONSOLE/api/v1/apps/$APP_ID/bundles"
{publish}"""
_GITLAB: Final = """\
# In {file}
release:
{environment}  image: node:22
  id_tokens:
    RC_ID_TOKEN:
      aud: {console}
  variables:
    CONSOLE: {console}
    APP_ID: {app_id}
  before_script:
    - apt-get update -q && apt-get install -yq jq zip
  script:
    - npm ci && npm run build && (cd dist && zip -qr ../www.zip .)
    - |
          set -euo pipefail
          token=$(jq -n --arg token "$RC_ID_TOKEN" --arg app_id "$APP_ID" '$ARGS.named' |
            curl -fsS --json @- "$CONSOLE/api/v1/trusted-publishing/exchange" | jq -er .token)
          version=$(jq -er .version package.json)
          curl -fsS -H "Authorization: Bearer $token" -F "version=$version" -F file=@www.zip \\
            "$CONSOLE/api/v1/apps/$APP_ID/bundles"
{publish}"""
_PUBLISH: Final = """\
          jq -n --arg version "$version" '$ARGS.named' |
            curl -fsS -H "Authorization: Bearer $token" --json @- \\
            "$CONSOLE/api/v1/apps/$APP_ID/channels/{channel}/releases"
"""


def publisher_snippet(terms: PublisherTerms, *, app_id: str, console_url: str) -> str:
    """Write the part of the CI's file that uploads, and publishes where that is allowed."""
    is_github = terms.kind is PublisherKind.GITHUB
    indent = "    " if is_github else "  "
    # JSON's strings are YAML's: a name with a colon or a quote stays one.
    environment = f"{indent}environment: {json.dumps(terms.environment)}\n" if terms.environment else ""
    return (_GITHUB if is_github else _GITLAB).format(
        file=terms.workflow_path,
        environment=environment,
        console=json.dumps(console_url),
        app_id=json.dumps(app_id),
        publish=_PUBLISH.format(channel=terms.channels[0]) if terms.channels else "",
    )
