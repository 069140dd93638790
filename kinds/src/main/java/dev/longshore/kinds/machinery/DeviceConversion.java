package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Conversion;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Between `resource.k8s.io/v1beta1` and later versions: what is under `exactly` in a request later, and beside
/// the name of a device later, was one level elsewhere then.
final class DeviceConversion implements Conversion {

    private static final List<String> EXACT = List.of(
            "deviceClassName", "selectors", "allocationMode", "count", "adminAccess", "tolerations", "capacity");

    @Override
    public void convert(Resource object, GroupVersionKind target) {
        boolean fromOld = object.kind().version().equals("v1beta1");
        boolean toOld = target.version().equals("v1beta1");
        object.tree().put("apiVersion", target.apiVersion());
        if (fromOld == toOld) {
            return;
        }
        JsonNode spec = object.at("spec");
        JsonNode claim = spec.has("devices") && spec.path("devices").isObject() ? spec : spec.path("spec");
        for (ObjectNode request : Trees.list(claim, "devices", "requests")) {
            if (toOld) {
                Trees.object(request, "exactly").ifPresent(request::setAll);
                request.remove("exactly");
            } else if (!request.has("firstAvailable")) {
                nest(request, "exactly", EXACT);
            }
        }
        for (ObjectNode device : Trees.list(spec, "devices")) {
            if (toOld) {
                List<String> fields = device.propertyNames().stream()
                        .filter(field -> !field.equals("name"))
                        .toList();
                nest(device, "basic", fields);
            } else {
                Trees.object(device, "basic").ifPresent(device::setAll);
                device.remove("basic");
            }
        }
    }

    private static void nest(ObjectNode object, String under, List<String> fields) {
        ObjectNode nested = object.putObject(under);
        for (String field : fields) {
            JsonNode value = object.remove(field);
            if (value != null) {
                nested.set(field, value);
            }
        }
    }
}
