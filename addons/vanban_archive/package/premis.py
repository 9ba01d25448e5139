"""PREMIS 3: what happened to the objects of a package, by whom."""

from lxml import etree

from .xmlio import PREMIS, XSI, readable, serialise

#: Relationship of a signature to the file beside which it lies.
SIGNATURE_OF = "is signature of"


def _sub(parent, name, text=None):
    node = etree.SubElement(parent, f"{{{PREMIS}}}{name}")
    if text is not None:
        node.text = readable(text)
    return node


def _identifier(parent, name, kind, value):
    node = _sub(parent, name)
    _sub(node, f"{name}Type", kind)
    _sub(node, f"{name}Value", value)


class PremisWriter:
    """Collects objects, events and agents, then gives the bytes. Times are written with the profile's offset."""

    def __init__(self, zone):
        self.zone = zone
        self.objects, self.events, self.agents = [], [], {}
        self._event_count = 0

    def representation(self, identifier, kind="representation"):
        node = self._object(identifier, kind)
        self.objects.append(node)
        return node

    def file(self, entry, href, event_ids=(), signs=None):
        """A data file: fixity, size, format, original name; ``signs``: href of the file whose signature this one is."""
        node = self._object(href, "file")
        traits = _sub(node, "objectCharacteristics")
        _sub(traits, "compositionLevel", 0)
        fixity = _sub(traits, "fixity")
        _sub(fixity, "messageDigestAlgorithm", "SHA-256")
        _sub(fixity, "messageDigest", entry.sha256)
        _sub(traits, "size", entry.size)
        _sub(_sub(_sub(traits, "format"), "formatDesignation"), "formatName", entry.mimetype)
        if entry.original:
            _sub(node, "originalName", entry.original)
        if signs:
            relation = _sub(node, "relationship")
            _sub(relation, "relationshipType", "reference")
            _sub(relation, "relationshipSubType", SIGNATURE_OF)
            _identifier(relation, "relatedObjectIdentifier", "local", signs)
        for event_id in event_ids:
            _identifier(node, "linkingEventIdentifier", "local", event_id)
        self.objects.append(node)

    def _object(self, identifier, kind):
        node = etree.Element(f"{{{PREMIS}}}object")
        node.set(f"{{{XSI}}}type", f"premis:{kind}")
        _identifier(node, "objectIdentifier", "local", identifier)
        return node

    def event(self, event, object_id):
        """Note an :class:`Event`; returns its local identifier."""
        self._event_count += 1
        event_id = f"event-{self._event_count}"
        node = etree.Element(f"{{{PREMIS}}}event")
        _identifier(node, "eventIdentifier", "local", event_id)
        _sub(node, "eventType", event.type)
        when = event.when if event.when.tzinfo else event.when.replace(tzinfo=self.zone)
        _sub(node, "eventDateTime", when.astimezone(self.zone).isoformat(timespec="seconds"))
        if event.detail:
            _sub(_sub(node, "eventDetailInformation"), "eventDetail", event.detail)
        _sub(_sub(node, "eventOutcomeInformation"), "eventOutcome", event.outcome)
        if event.agent:
            _identifier(node, "linkingAgentIdentifier", "local", event.agent)
        _identifier(node, "linkingObjectIdentifier", "local", object_id)
        self.events.append(node)
        return event_id

    def agent(self, identifier, name, kind):
        node = etree.Element(f"{{{PREMIS}}}agent")
        _identifier(node, "agentIdentifier", "local", identifier)
        _sub(node, "agentName", name)
        _sub(node, "agentType", kind)
        self.agents[identifier] = node

    def content(self):
        root = etree.Element(f"{{{PREMIS}}}premis", nsmap={"premis": PREMIS, "xsi": XSI}, version="3.0")
        root.extend(self.objects)
        root.extend(self.events)
        root.extend(self.agents.values())
        return serialise(root)
