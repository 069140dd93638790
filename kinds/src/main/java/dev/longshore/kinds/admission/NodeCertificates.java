package dev.longshore.kinds.admission;

import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;

/// A node asks for certificates of the pods that are on it, and says of them what is so.
final class NodeCertificates {

    private static final GroupResource ACCOUNTS = new GroupResource("", "serviceaccounts");

    private NodeCertificates() {}

    static void check(Attempt attempt, Registry registry, String node) {
        if (attempt.operation() != Operation.CREATE) {
            throw Attempts.forbidden(attempt, "unexpected operation " + attempt.operation());
        }
        if (!attempt.subresource().isEmpty()) {
            throw Attempts.forbidden(attempt, "unexpected subresource " + attempt.subresource());
        }
        Resource request = attempt.object().orElseThrow();
        String named = request.text("spec", "nodeName");
        if (!named.equals(node)) {
            throw Attempts.forbidden(
                    attempt,
                    "PodCertificateRequest.Spec.NodeName=\"" + named + "\", which is not the requesting node \"" + node
                            + "\"");
        }
        String pod = attempt.namespace() + "/" + request.text("spec", "podName");
        Resource found = found(registry, Attempts.NODES, "", node, "node \"" + node + "\"");
        same(
                request.text("spec", "nodeUID"),
                found.uid(),
                "PodCertificateRequest for pod \"%s\" names node UID \"%%s\", inconsistent with the running node (\"%%s\")"
                        .formatted(pod));
        pod(attempt, registry, request, pod);
    }

    private static void pod(Attempt attempt, Registry registry, Resource request, String shown) {
        Resource pod = found(
                registry, Attempts.PODS, attempt.namespace(), request.text("spec", "podName"), "pod \"" + shown + "\"");
        same(
                request.text("spec", "podUID"),
                pod.uid(),
                "PodCertificateRequest for pod \"%s\" contains pod UID (\"%%s\") which differs from running pod \"%%s\""
                        .formatted(shown));
        String node = request.text("spec", "nodeName");
        if (!pod.text("spec", "nodeName").equals(node)) {
            throw Attempts.forbidden(
                    attempt,
                    "pod \"" + shown + "\" is not running on node \"" + node + "\" named in the PodCertificateRequest");
        }
        if (pod.annotations().containsKey("kubernetes.io/config.mirror")) {
            throw Attempts.forbidden(attempt, "pod \"" + shown + "\" is a mirror pod");
        }
        String account = request.text("spec", "serviceAccountName");
        String own = pod.text("spec", "serviceAccountName");
        if (!account.equals(own)) {
            throw Attempts.forbidden(
                    attempt,
                    "PodCertificateRequest for pod \"" + shown + "\" contains serviceAccountName (\"" + account
                            + "\") that differs from running pod (\"" + own + "\")");
        }
        String of = attempt.namespace() + "/" + account;
        Resource found = found(registry, ACCOUNTS, attempt.namespace(), account, "service account \"" + of + "\"");
        same(
                request.text("spec", "serviceAccountUID"),
                found.uid(),
                ("PodCertificateRequest for pod \"%s\" names service account UID \"%%s\", which differs from the running"
                                + " service account (\"%%s\")")
                        .formatted(shown));
    }

    private static Resource found(
            Registry registry, GroupResource resource, String namespace, String name, String shown) {
        return registry.get(resource, namespace, name)
                .orElseThrow(() -> again("while retrieving " + shown + " named in the PodCertificateRequest: "
                        + new Fault.NotFound(resource, name).message()));
    }

    private static void same(String named, String actual, String message) {
        if (!named.equals(actual)) {
            throw again(message.formatted(named, actual));
        }
    }

    /// Not forbidden for good: it may be a moment too early.
    private static FaultException again(String message) {
        return new FaultException(new Fault.Internal(message));
    }
}
