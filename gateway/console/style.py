"""How pages look: one column for a phone, the fonts of the device, nothing fetched.

Colours are those of the GOV.UK palette, at least 4.5 to 1 on what they stand on (WCAG 2.2, 1.4.3) and 3 to 1 for edges
of what is tapped (1.4.11); what is tapped is at least 44 pixels high (2.5.5), and what has the focus has a thick
yellow and black edge (2.4.7, 2.4.13).
"""

from __future__ import annotations

import base64
import hashlib

CSS = """
*{box-sizing:border-box}
body{margin:0;background:#fff;color:#0b0c0c;font:17px/1.45 -apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,\
Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
main{max-width:600px;margin:0 auto;padding:0 16px 32px}
header{padding:14px 16px;color:#fff;background:#1d4f91}
header p{max-width:568px;margin:0 auto;font-weight:700}
h1{margin:24px 0 16px;font-size:27px;line-height:1.2}
h2{margin:28px 0 8px;font-size:20px;line-height:1.25}
p,ul,ol,dl{margin:0 0 14px}
ul,ol{padding-left:38px}
li{margin-bottom:6px}
.error{margin:24px 0;padding:14px;border:5px solid #d4351c}
.error p{margin:0;font-weight:700}
.note{padding:4px 0 4px 14px;border-left:5px solid #b1b4b6}
form{margin:0}
fieldset{margin:0 0 14px;padding:0;border:0;min-width:0}
legend,.label{display:block;padding:0;margin-bottom:8px;font-weight:700}
.hint{margin:0 0 8px;color:#484949}
.tick{display:flex;align-items:center;min-height:44px;gap:12px}
.tick input{width:28px;height:28px;min-width:28px;margin:0;accent-color:#0b0c0c}
textarea{display:block;width:100%;min-height:110px;padding:8px;border:2px solid #0b0c0c;font:inherit;color:inherit}
button{display:block;width:100%;min-height:48px;margin:0 0 6px;padding:10px 18px;border:0;border-bottom:2px solid \
#002d18;background:#00703c;color:#fff;font:inherit;font-weight:700;text-align:left;cursor:pointer}
button.stop{background:#942514;border-color:#55150b}
button.other{background:#1d4f91;border-color:#0b2545}
:focus-visible{outline:3px solid #0b0c0c;outline-offset:0;box-shadow:0 0 0 6px #fd0}
.foot{margin-top:28px;padding-top:12px;border-top:2px solid #b1b4b6;font-size:15px;color:#484949}
"""

POLICY = (
    "default-src 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()}'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The content security policy: this style sheet and forms to ourselves, and nothing else whatever."""
