package dev.longshore.docker;

import dev.longshore.base.Json;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The addresses of one family on a network (an element of `IPAM.Config`).
///
/// @param subnet empty while none is chosen, and for ever where there is no bridge
/// @param gateway the host's own address in it
/// @param range the part that containers get addresses from; empty for all
/// @param reserved addresses that no container gets, by name
record AddressPool(String subnet, String gateway, String range, Map<String, String> reserved) {

    static final AddressPool NONE = new AddressPool("", "", "", Map.of());

    AddressPool {
        reserved = Map.copyOf(reserved);
    }

    /// As a client spells it.
    static AddressPool of(JsonNode asked) {
        return new AddressPool(
                asked.path("Subnet").asString(""),
                asked.path("Gateway").asString(""),
                asked.path("IPRange").asString(""),
                JsonFields.map(asked.path("AuxiliaryAddresses")));
    }

    boolean isChosen() {
        return !subnet.isEmpty();
    }

    AddressPool with(String chosenSubnet, String chosenGateway) {
        return new AddressPool(chosenSubnet, chosenGateway, range, reserved);
    }

    /// As clients spell it.
    ObjectNode shown() {
        ObjectNode tree = Json.object();
        if (!subnet.isEmpty()) {
            tree.put("Subnet", subnet);
        }
        if (!range.isEmpty()) {
            tree.put("IPRange", range);
        }
        if (!gateway.isEmpty()) {
            tree.put("Gateway", gateway);
        }
        if (!reserved.isEmpty()) {
            JsonFields.put(tree.putObject("AuxiliaryAddresses"), reserved);
        }
        return tree;
    }
}
