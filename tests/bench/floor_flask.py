"""The floor of row 5, a script: a bare Flask app, and of row 6, behind the same server as our pages (`ours`)."""

import sys

from flask import Flask

app = Flask(__name__)
app.add_url_rule("/", "constant", lambda: "well")

if sys.argv[2:] == ["ours"]:
    import socket

    from bedside.pages.serving import serve

    _, never = socket.socketpair()
    serve(app, socket.create_server(("127.0.0.1", int(sys.argv[1]))), never)
else:
    from waitress import serve as serve_as_it_comes

    serve_as_it_comes(app, host="127.0.0.1", port=int(sys.argv[1]))
