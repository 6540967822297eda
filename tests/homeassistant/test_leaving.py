"""What is gone for good leaves nothing behind."""

from parts import eventually


def test_a_forgotten_client_leaves_nothing_behind(newest):
    known = sorted(id for id in newest.announced() if id.startswith("router2mqtt_freebox_") and id.endswith("_presence"))
    gone, *kept = (id.split("_")[3] for id in known)
    newest.restart_bridge(clients=[":".join(mac[at : at + 2] for at in range(0, 12, 2)) for mac in kept])
    eventually("nothing of it is on the broker", lambda: not [topic for topic in newest.ear.held() if gone in topic], 60)
    eventually("nothing of it is registered", lambda: not [id for id in newest.home.entities() if gone in id])
    assert f"router2mqtt_freebox_{gone}" not in newest.home.devices()
    assert [id for id in newest.home.entities() if kept[0] in id], "the others are still there"


def test_a_removed_box_leaves_nothing_behind(newest):
    newest.restart_bridge(without=["b593"])
    eventually("nothing of it is on the broker", lambda: not [topic for topic in newest.ear.held() if "b593" in topic], 60)
    eventually("nothing of it is registered", lambda: not [id for id in newest.home.entities() if "b593" in id])
    assert not [id for id in newest.home.devices() if "b593" in id]
    assert not [id for id in newest.home.states() if "b593" in id]
    eventually("the others are still there", lambda: newest.back("freebox"))
