package dev.longshore.server;

import java.util.List;

/// A kind that all cases are tried with.
///
/// @param rest the fields behind metadata that an object needs
record TriedKind(String path, String apiVersion, String kind, String rest) {

    static final List<TriedKind> ALL = List.of(
            new TriedKind("/api/v1/namespaces/default/configmaps", "v1", "ConfigMap", ",\"data\":{\"a\":\"b\"}"),
            new TriedKind("/api/v1/nodes", "v1", "Node", ""),
            new TriedKind(
                    "/apis/coordination.k8s.io/v1/namespaces/default/leases", "coordination.k8s.io/v1", "Lease", ""),
            new TriedKind(
                    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
                    "rbac.authorization.k8s.io/v1",
                    "ClusterRole",
                    ""),
            new TriedKind(
                    "/apis/apps/v1/namespaces/default/deployments",
                    "apps/v1",
                    "Deployment",
                    ",\"spec\":{\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"template\":{\"metadata\":{\"labels\":"
                            + "{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}"));

    String body(String name) {
        return body(apiVersion, kind, name);
    }

    String body(String version, String other, String name) {
        return "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\"}%s}"
                .formatted(version, other, name, rest);
    }

    String one(String name) {
        return path + "/" + name;
    }

    /// Roles may be called anything that is one step of a path.
    boolean isFreelyNamed() {
        return kind.equals("ClusterRole");
    }

    String version() {
        return apiVersion.substring(apiVersion.indexOf('/') + 1);
    }
}
