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
""".strip().split("\n")

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
    [],
)
