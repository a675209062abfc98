"""Settings read again while people come and go, and the doors' rules."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from config.errors import ConfigError
from config.settings import ListenerSettings, Settings, TlsSettings, TrustedNetwork
from gateway.submission.doors import door_for, peer_of
from gateway.submission.front import Front
from tests.conftest import TlsFiles
from tests.dialogs.client import Client
from tests.dialogs.house import House, OpenHouse, listener


def settings(tls_files: TlsFiles, *listeners: ListenerSettings, **limits: object) -> Settings:
    return Settings(
        hostname="other.wickham.example",
        data_dir="/nowhere",
        listeners=listeners,
        tls=TlsSettings(certificate=tls_files.certificate, key=tls_files.key),
        limits={"drain_seconds": 5, **limits},
    )


def front(house: House, *listeners: ListenerSettings) -> Front:
    async def opened() -> Front:
        front = Front(house.services)
        front.open(listeners)
        return front

    return house.run(opened())


def test_new_settings_are_for_new_connections(open_doors: OpenHouse, tls_files: TlsFiles) -> None:
    with open_doors() as house:
        starttls, trusted = listener("starttls"), listener("trusted")
        doors = front(house, starttls, trusted)
        first, second = doors.ports
        with Client(first, str(tls_files.ca)) as staying:
            staying.enter().begin()
            house.run(doors.use(settings(tls_files, trusted, message_bytes=65_536)))
            # The door that is gone takes nobody in; who is inside finishes the message.
            with pytest.raises(ConnectionRefusedError):
                Client(first)
            assert staying.data(b"x" * 70_000 + b"\r\n.\r\n").startswith("250 ")
            assert staying.line().startswith("421 4.3.2 ")
        assert doors.ports == [second]
        with Client(second) as client:
            assert client.line() == "220 other.wickham.example ESMTP Vestry"
            client.send(b"EHLO client.example\r\n")
            assert "250-SIZE 65536" in client.reply()
        # Other networks for the same door.
        house.run(doors.use(settings(tls_files, listener("trusted", network="192.0.2.0/24"))))
        with Client(second) as client:
            assert client.line().startswith("554 5.7.1 ")
        house.run(doors.drain())


def test_a_port_that_is_taken_stops_the_start(open_doors: OpenHouse) -> None:
    with open_doors("trusted") as house:
        taken = listener("trusted").model_copy(update={"port": house.port()})
        with pytest.raises(ConfigError, match="an address and port that are free"):
            front(house, taken)


def test_of_several_networks_the_smallest_speaks() -> None:
    networks = (
        TrustedNetwork(network=ip_network("10.0.0.0/8"), councils=("county",)),
        TrustedNetwork(network=ip_network("10.1.0.0/16"), councils=("parish", "town")),
        TrustedNetwork(network=ip_network("2001:db8::/32"), councils=("six",)),
    )
    door = door_for(ListenerSettings(kind="trusted", port=0, networks=networks))
    assert door.admits(ip_address("10.1.2.3")) == ("parish", "town")
    assert door.admits(ip_address("10.2.2.3")) == ("county",)
    assert door.admits(ip_address("2001:db8::1")) == ("six",)
    assert door.admits(ip_address("192.0.2.1")) is None


def test_an_ipv4_address_is_one_over_an_ipv6_socket_too() -> None:
    assert peer_of("::ffff:192.0.2.1") == ip_address("192.0.2.1")
    assert peer_of("fe80::1%eth0") == ip_address("fe80::1")


def test_without_sender_or_login_postmaster_is_ours(open_doors: OpenHouse) -> None:
    with open_doors("trusted") as house, Client(house.port()) as client:
        client.line()
        client.say("EHLO printer")
        assert client.begin("postmaster", mail="MAIL FROM:<>").data(b"a\r\n.\r\n").startswith("250 ")
        [recipient] = house.intake.submissions[0].envelope.recipients
        assert recipient.address == "postmaster@post.wickham.example"
