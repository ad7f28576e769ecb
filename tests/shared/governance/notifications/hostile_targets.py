"""Addresses that somebody could have something sent to, and must not: each for a reason of its own."""

# Refused by what they say, before anything is looked up.
WORDS = """
http://hooks.example/
https://other.example/
https://hooks.example:8443/
https://hooks.example:0/
https://hooks.example:99999/
https://user@hooks.example/
https://user:word@hooks.example/
https://hooks.example@127.0.0.1/
https://127.0.0.1@hooks.example/
https://hooks.example\\@127.0.0.1/
https://hooks.example/#@127.0.0.1/
https://127.0.0.1/
https://127.0.0.1:443/
https://127.1/
https://0/
https://0.0.0.0/
https://2130706433/
https://0x7f000001/
https://0x7f.0.0.1/
https://0177.0.0.1/
https://017700000001/
https://127.0.0.1./
https://localhost/
https://localhost./
https://localhost.localdomain/
https://LOCALHOST/
https://[::1]/
https://[::]/
https://[::ffff:127.0.0.1]/
https://[::ffff:7f00:1]/
https://[64:ff9b::7f00:1]/
https://[fe80::1%25eth0]/
https://169.254.169.254/latest/meta-data/
https://[fd00:ec2::254]/
https://metadata.google.internal/
https://10.0.0.1/
https://hooks.example.evil.example/
https://evilhooks.example/
https://hooks.example%2eevil.example/
https://hooks%2eexample/
https://hooks.example%00.evil.example/
https://ho\u043eks.example/
https://hooks\u3002example/
https://\uff11\uff12\uff17.0.0.1/
https://hooks.example:443@127.0.0.1/
https:///hooks.example/
https:hooks.example/
//hooks.example/
ftp://hooks.example/
file:///etc/passwd
gopher://hooks.example:443/_x
unix:///run/postgresql/.s.PGSQL.5432
https://-hooks.example/
https://hooks..example/
https://hooks.example:443:443/
https://[hooks.example]/
https://hooks.example\t/
https://hooks.example./
https://hooks.example.:443/
https://hooks.example:+443/
https://hooks.example: 443/
https://hooks.example:\u0664\u0664\u0663/
https://hooks.example/%0d%0a/ HTTP/1.1
https://hooks.example\u200b/
https://xn--hoks-5nd.example/
https://h\u043e\u043eks.example/
https://hooks\uff0eexample/
https://hooks.ex\u00admple/
https://HOOKS.EXAMPLE@127.0.0.1/
https://hooks.example&@127.0.0.1/
https://hooks.example%40127.0.0.1/
https://hooks.example;.evil.example/
https://hooks.example,127.0.0.1/
https://hooks.example|127.0.0.1/
https://hooks_example/
https://0x7f.1/
https://0177.1/
https://127.0.1/
https://1.1.1.1/
https://00000177.0.0.1/
https://0x7f000001./
https://3232235777/
https://[::ffff:0:127.0.0.1]/
https://[2002:7f00:1::]/
https://[2001:0:7f00:1::]/
https://[64:ff9b:1::7f00:1]/
https://[::127.0.0.1]/
https://[fe80::1%25lo]/
https://[fe80::1%lo]/
https://[v1.fe80::1]/
https://[::1].hooks.example/
https://[::1/
https://ip6-localhost/
https://localhost6/
https://127.0.0.1.nip.io/
https://hooks.example.127.0.0.1.nip.io/
https://instance-data/
http:/hooks.example/
https:\\hooks.example/
https:/\\hooks.example/
HTTPS+unix://hooks.example/
data:text/plain,hooks.example
javascript://hooks.example/%0aalert(1)
ws://hooks.example/
jar:https://hooks.example!/
""".strip().split("\n")

WORDS += [
    "https://hooks.example\r\nHost: 127.0.0.1/",
    "https://hooks.example/\r\nX-Injected: 1",
    "https://hooks.example\n/",
    "https://hooks.example\u2028/",
    "https://hooks.example/\x00",
    " https://hooks.example/",
]
# And by their length: of one label, of a whole name, of all of it.
WORDS += [
    f"https://{'a' * 64}.example/",
    f"https://{'a.' * 200}example/",
    f"https://hooks.example/{'a' * 2_000}",
]

# Refused by what the name is found to be: all of what is looked up counts, each time.
FOUND = (
    ["127.0.0.1"],
    ["127.8.9.10"],
    ["::1"],
    ["0.0.0.0"],
    ["::"],
    ["10.0.0.1"],
    ["172.16.0.1"],
    ["192.168.1.1"],
    ["100.64.0.1"],
    ["100.100.100.200"],
    ["168.63.129.16"],  # a public address, at which Azure answers what runs in it
    ["192.0.0.192"],
    ["169.254.169.254"],
    ["fe80::1"],
    ["fe80::1%eth0"],
    ["fd00:ec2::254"],
    ["fc00::1"],
    ["224.0.0.1"],
    ["ff02::1"],
    ["255.255.255.255"],
    ["240.0.0.1"],
    ["192.0.2.1"],
    ["198.18.0.1"],
    ["::ffff:127.0.0.1"],
    ["::ffff:10.0.0.1"],
    ["::ffff:169.254.169.254"],
    ["64:ff9b::7f00:1"],
    ["64:ff9b::a9fe:a9fe"],
    ["64:ff9b:1::1"],
    ["2002:7f00:1::"],
    ["2001:0:7f00:1::"],
    ["::7f00:1"],
    ["::ffff:0:7f00:1"],
    ["203.0.113.9", "127.0.0.1"],
    ["8.8.8.8", "10.0.0.1"],
    ["8.8.8.8", "::1"],
    ["fe80::1%lo", "8.8.8.8"],
    ["8.8.8.8", "fe80::1%1"],
    ["::ffff:169.254.169.254%lo"],
    ["2002:a00:1::"],
    ["2002:a9fe:a9fe::"],
    ["2001:0:a00:1::"],
    ["2001:0:808:808::"],  # Teredo of a public address: who relays it is anybody's guess
    ["64:ff9b::a00:1"],
    ["64:ff9b::808:808"],  # NAT64 of a public address: the same
    ["64:ff9b:1:a00:1::"],
    ["::ffff:100.100.100.200"],
    ["::ffff:0.0.0.0"],
    ["::ffff:224.0.0.1"],
    ["fec0::1"],  # site-local, long given up, and still routed by some
    ["ff05::2"],
    ["ff0e::1"],
    ["fd00::1"],
    ["2001:db8::1"],
    ["2001:10::1"],
    ["100::1"],
    ["0.1.2.3"],
    ["100.127.255.254"],
    ["192.0.0.1"],
    ["192.88.99.1"],  # whoever relays 6to4
    ["192.52.193.1"],
    ["3fff::1"],
    ["5f00::1"],
    ["198.51.100.1"],
    ["203.0.113.9"],
    ["233.252.0.1"],
    ["239.255.255.250"],
    ["169.254.0.1"],
    ["255.0.0.0"],
    ["8.8.8.8", "2606:4700::1111", "::ffff:10.0.0.1"],
    ["2606:4700::1111", "2002:7f00:1::"],
    ["8.8.8.8"] * 20 + ["192.168.0.1"],
    [],
)
