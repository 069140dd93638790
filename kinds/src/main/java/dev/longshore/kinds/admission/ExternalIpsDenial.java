package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;

/// Nobody takes addresses that may be others' by a Service's `externalIPs`; what has them already may keep them.
final class ExternalIpsDenial implements Admission {

    private static final GroupResource SERVICES = new GroupResource("", "services");

    @Override
    public String name() {
        return "DenyServiceExternalIPs";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isWrite = attempt.operation() == Operation.CREATE || attempt.operation() == Operation.UPDATE;
        if (!isWrite || !Attempts.isOf(attempt, SERVICES) || attempt.object().isEmpty()) {
            return;
        }
        List<String> before = attempt.old().map(ExternalIpsDenial::addresses).orElse(List.of());
        if (!before.containsAll(addresses(attempt.object().get()))) {
            throw Attempts.forbidden(attempt, "Use of external IPs is denied by admission control");
        }
    }

    private static List<String> addresses(Resource service) {
        return Trees.strings(service.tree(), "spec", "externalIPs");
    }
}
