package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Devices that others use may be looked after only from namespaces that are labelled for it. In the original this is
/// one more rule of claims and their templates; it is a separate one here because it asks for the namespace.
final class DeviceAdminAccess implements Admission {

    private static final String LABEL = "resource.kubernetes.io/admin-access";
    private static final GroupResource CLAIMS = new GroupResource("resource.k8s.io", "resourceclaims");
    private static final GroupResource TEMPLATES = new GroupResource("resource.k8s.io", "resourceclaimtemplates");

    @Override
    public String name() {
        return "DeviceAdminAccess";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        Attempts.created(attempt, CLAIMS)
                .ifPresent(claim -> requests(attempt, registry, claim, Trees.at(claim.tree(), "spec")));
        Attempts.created(attempt, TEMPLATES)
                .ifPresent(
                        template -> requests(attempt, registry, template, Trees.at(template.tree(), "spec", "spec")));
        if (attempt.resource().equals(CLAIMS) && attempt.subresource().equals("status")) {
            attempt.object().ifPresent(claim -> results(attempt, registry, claim));
        }
    }

    private static void requests(Attempt attempt, Registry registry, Resource object, JsonNode spec) {
        // In v1beta1 the flag is in the request itself; the path is said as if it were so in all versions.
        find(
                        Trees.list(spec, "devices", "requests"),
                        request -> Trees.flag(request, "adminAccess") || Trees.flag(request, "exactly", "adminAccess"))
                .ifPresent(
                        index -> check(attempt, registry, object, "spec.devices.requests[" + index + "].adminAccess"));
    }

    private static void results(Attempt attempt, Registry registry, Resource claim) {
        boolean wasGranted = attempt.old().flatMap(DeviceAdminAccess::granted).isPresent();
        if (!wasGranted) {
            granted(claim)
                    .ifPresent(index -> check(
                            attempt, registry, claim, "status.allocation.devices.results[" + index + "].adminAccess"));
        }
    }

    private static Optional<Integer> granted(Resource claim) {
        return find(
                Trees.list(claim.tree(), "status", "allocation", "devices", "results"),
                result -> Trees.flag(result, "adminAccess"));
    }

    private static Optional<Integer> find(List<ObjectNode> objects, Predicate<ObjectNode> wanted) {
        for (int i = 0; i < objects.size(); i++) {
            if (wanted.test(objects.get(i))) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private static void check(Attempt attempt, Registry registry, Resource object, String path) {
        Optional<Resource> namespace = registry.get(Attempts.NAMESPACES, "", attempt.namespace());
        if (namespace.isEmpty()) {
            throw refusal(
                    object,
                    new Cause(
                            "InternalError",
                            path,
                            "Internal error: could not retrieve namespace to verify admin access: namespaces \""
                                    + attempt.namespace() + "\" not found"));
        }
        if (!"true".equals(namespace.get().texts("metadata", "labels").get(LABEL))) {
            throw refusal(
                    object,
                    Cause.forbidden(
                            path,
                            "admin access to devices requires the `" + LABEL
                                    + ": true` label on the containing namespace"));
        }
    }

    private static FaultException refusal(Resource object, Cause cause) {
        return new FaultException(new Fault.Invalid(object.kind(), object.name(), List.of(cause)));
    }
}
