package dev.longshore.kinds.admission;

import dev.longshore.base.Json;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Quantity;
import dev.longshore.model.Resource;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a quota's status says: how much it allows, and how much of that is used.
public final class QuotaStatus {

    private static final String COUNT = "count/";

    private QuotaStatus() {}

    /// The status of `quota` by a full count.
    ///
    /// @param objects all objects of a resource in the quota's namespace
    /// @param now pods that should have gone by then do not count any more
    public static ObjectNode of(Resource quota, Function<GroupResource, List<Resource>> objects, Instant now) {
        var counted = new QuotaUsage(now);
        Map<String, Quantity> used = new TreeMap<>();
        JsonNode hard = quota.at("spec", "hard");
        for (GroupResource resource : resources(hard)) {
            for (Resource object : found(objects, resource)) {
                if (QuotaUsage.concerns(quota, resource, object)) {
                    counted.of(resource, object).forEach((name, amount) -> used.merge(name, amount, Quantity::plus));
                }
            }
        }
        ObjectNode status = Json.object();
        status.set("hard", hard.isObject() ? hard.deepCopy() : Json.object());
        ObjectNode usage = status.putObject("used");
        hard.propertyNames()
                .forEach(name ->
                        usage.put(name, used.getOrDefault(name, Quantity.ZERO).toString()));
        return status;
    }

    /// Of which resources `quota` counts objects.
    public static Set<GroupResource> resources(Resource quota) {
        return resources(quota.at("spec", "hard"));
    }

    /// True if the status tells the usage of all that the quota limits.
    public static boolean isCounted(Resource quota) {
        JsonNode used = quota.at("status", "used");
        return quota.at("spec", "hard").propertyNames().stream().allMatch(used::has);
    }

    private static List<Resource> found(Function<GroupResource, List<Resource>> objects, GroupResource resource) {
        try {
            return objects.apply(resource);
        } catch (FaultException noSuchType) {
            if (noSuchType.fault() instanceof Fault.NoSuchPath) {
                return List.of();
            }
            throw noSuchType;
        }
    }

    /// Of which resources objects are to be counted.
    private static Set<GroupResource> resources(JsonNode hard) {
        var resources = new LinkedHashSet<GroupResource>();
        for (String name : hard.propertyNames()) {
            resources.add(resource(name));
        }
        return resources;
    }

    private static GroupResource resource(String name) {
        if (name.startsWith(COUNT)) {
            String type = name.substring(COUNT.length());
            int dot = type.indexOf('.');
            return dot < 0
                    ? new GroupResource("", type)
                    : new GroupResource(type.substring(dot + 1), type.substring(0, dot));
        }
        if (QuotaUsage.COUNTED.contains(name)) {
            return new GroupResource("", name);
        }
        if (name.endsWith(QuotaUsage.OF_DEVICE_CLASS)) {
            return QuotaUsage.DEVICES;
        }
        if (name.startsWith("services.")) {
            return new GroupResource("", "services");
        }
        boolean isOfClaims = name.equals("requests.storage") || name.contains(QuotaUsage.OF_STORAGE_CLASS);
        return isOfClaims ? Attempts.CLAIMS : Attempts.PODS;
    }
}
