"""A hundred questions as people ask them, and which of a council's items each finds: in the first three."""

import pytest

from tests.support.api import Api
from tests.support.people import PRIYA

# Name, category, description; as a council's catalogue has them.
STOCK = {
    "laptop": ("Standard laptop", "Devices", "A 14-inch laptop with dock, delivered to a council office."),
    "power laptop": ("Engineering laptop", "Devices", "For drawings and maps; a fast graphics card."),
    "desktop": ("Desktop computer", "Devices", "A computer for a fixed desk, with keyboard and mouse."),
    "tablet": ("Rugged tablet", "Devices", "For work outdoors, with a case and a strap."),
    "mobile": ("Mobile phone", "Telephony", "A smartphone with a SIM card and data."),
    "desk phone": ("Desk telephone", "Telephony", "A telephone on the council's own exchange."),
    "headset": ("Wireless headset", "Telephony", "For calls from a computer."),
    "monitor": ("24-inch monitor", "Accessories", "A second screen for a desk."),
    "stand": ("Monitor stand", "Accessories", "Raises a screen to the height of the eyes."),
    "dock": ("Docking station", "Accessories", "Joins a laptop to screens, keyboard and network."),
    "keyboard": ("Keyboard and mouse", "Accessories", "A set with a cable."),
    "webcam": ("Web camera", "Accessories", "For video calls at a desk."),
    "bag": ("Carrying bag", "Accessories", "A padded bag for a portable device."),
    "printer": ("Shared printer", "Printing", "A floor printer with secure release, serviced."),
    "labels": ("Label printer", "Printing", "Prints barcodes for stores and libraries."),
    "scanner": ("Document scanner", "Printing", "Scans post into the records system."),
    "room": ("Meeting room screen", "Rooms", "A screen with camera and microphones, installed."),
    "survey": ("Survey tool licence", "Software", "One year of the council's survey tool."),
    "office": ("Office software licence", "Software", "Documents, spreadsheets and mail for one person."),
    "drawing": ("Drawing software", "Software", "Plans and maps for engineers and surveyors."),
    "signing": ("Electronic signature", "Software", "Agreements signed without paper."),
    "storage": ("Shared folder", "Storage", "Files for a team, backed up every night."),
    "mailbox": ("Team mailbox", "Storage", "One address that several people read."),
    "wifi": ("Guest wireless", "Network", "Internet for visitors in a building."),
    "vpn": ("Remote access", "Network", "A safe way into the council's network from home."),
    "socket": ("Network point", "Network", "A socket in the wall, wired to the switch."),
    "training": ("Software training", "Training", "A day in a classroom, or online."),
    "repair": ("Device repair", "Support", "Broken devices mended or replaced."),
}

ASKED = {
    "phone": "mobile",
    "mobile": "mobile",
    "smartphone": "mobile",
    "smart phones for social workers": "mobile",
    "cell phone": "mobile",
    "handset": "mobile",
    "telephone for my desk": "desk phone",
    "desk phones": "desk phone",
    "telefone": "desk phone",
    "lap top": "laptop",
    "lap tops": "laptop",
    "notebook computer": "laptop",
    "notebook": "laptop",
    "laptop for the registrars": "laptop",
    "portable computer": "laptop",
    "labtop": "laptop",
    "laptop for CAD and maps": "power laptop",
    "engineers laptop": "power laptop",
    "desk top": "desktop",
    "PC": "desktop",
    "workstation": "desktop",
    "work station": "desktop",
    "desk top computers": "desktop",
    "ipad": "tablet",
    "tablets for inspectors": "tablet",
    "tablit": "tablet",
    "head set": "headset",
    "headphones": "headset",
    "monitor stand": "stand",
    "stand for a screen": "stand",
    "stands": "stand",
    "second monitor": "monitor",
    "display": "monitor",
    "bigger screen": "monitor",
    "docks": "dock",
    "port replicator": "dock",
    "docking stations": "dock",
    "key board": "keyboard",
    "mouse": "keyboard",
    "webcam": "webcam",
    "web cam": "webcam",
    "camera for video calls": "webcam",
    "copier": "printer",
    "photocopier": "printer",
    "pritner": "printer",
    "printing": "printer",
    "barcode labels": "labels",
    "scan the post": "scanner",
    "scaner": "scanner",
    "meeting room display": "room",
    "questionnaire": "survey",
    "survey of library users": "survey",
    "word processing and spreadsheets": "office",
    "e-mail box for the team": "mailbox",
    "mail box": "mailbox",
    "shared drive or folder": "storage",
    "wi-fi for visitors": "wifi",
    "working from home network access": "vpn",
    "signatures": "signing",
    "mend a broken device": "repair",
}
# The same of brands, abbreviations, hyphens and slips, as they are typed in a hurry.
TYPED = {
    "wfh kit": "vpn",
    "home working": "vpn",
    "V.P.N.": "vpn",
    "iPhone": "mobile",
    "moblie": "mobile",
    "sim only": "mobile",
    "Surface Pro": "tablet",
    "i-pad": "tablet",
    "MacBook": "laptop",
    "chromebook": "laptop",
    "lap-top": "laptop",
    "latop": "laptop",
    "laptops x 3 please": "laptop",
    "P.C.": "desktop",
    "Microsoft 365": "office",
    "excel licence": "office",
    "Outlook shared mailbox": "mailbox",
    "shared inbox": "mailbox",
    "SharePoint": "storage",
    "DocuSign": "signing",
    "e-signature": "signing",
    "AutoCAD": "drawing",
    "SurveyMonkey": "survey",
    "multifunctional device": "printer",
    "usb headset with mic": "headset",
    "earbuds": "headset",
    "VDU": "monitor",
    "moniter": "monitor",
    "usb-c dock": "dock",
    "keybaord": "keyboard",
    "keyboards and mice": "keyboard",
    "video conferencing for the committee room": "room",
    "TV for meeting room": "room",
    "rucksack": "bag",
    "WiFi": "wifi",
    "broken laptop": "repair",
    "cracked screen repair": "repair",
    "courses": "training",
    "zebra label printer": "labels",
    "toughbook": "laptop",
}
IN_THE_FIRST = 3
RIGHT_OF_60, RIGHT_OF_40 = 57, 38


@pytest.mark.slow
async def test_nearly_every_question_finds_its_item_among_the_first_three(api: Api) -> None:
    names = {}
    for name, (title, category, description) in STOCK.items():
        item = {
            "name": title,
            "description": description,
            "category": category,
            "price_pence": 10_000,
            "lead_time_days": 5,
        }
        names[(await api.post("/v1/catalogue-items", item, PRIYA)).json()["id"]] = name
    await api.get("/v1/catalogue-items")
    found = {}
    for question in (*ASKED, *TYPED):
        check = (await api.post("/v1/catalogue-checks", {"query": question})).json()["id"]
        ids = (await api.get(f"/v1/catalogue-checks/{check}")).json()["shown"]
        found[question] = [names[each] for each in ids]
    wrong = {q: found[q] for q, meant in ASKED.items() if meant not in found[q][:IN_THE_FIRST]}
    print(f"{len(ASKED)} questions, {len(ASKED) - len(wrong)} right; wrong: {wrong}")
    typed = {q: found[q] for q, meant in TYPED.items() if meant not in found[q][:IN_THE_FIRST]}
    assert (len(ASKED), len(TYPED)) == (60, 40)
    assert len(TYPED) - len(typed) >= RIGHT_OF_40, typed
    assert len(ASKED) - len(wrong) >= RIGHT_OF_60, wrong
    assert not {"laptop", "power laptop"} & set(found["monitor stand"])
    assert {"mobile", "desk phone"} <= set(found["phone"])
