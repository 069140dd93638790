package dev.longshore.apiserver.flow;

import dev.longshore.base.Json;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// The levels and schemas that every cluster has, as Kubernetes 1.36 has them.
final class BootstrapFlows {

    static final String GROUP = "flowcontrol.apiserver.k8s.io";
    static final GroupVersionKind SCHEMA = new GroupVersionKind(GROUP, "v1", "FlowSchema");
    static final GroupVersionKind LEVEL = new GroupVersionKind(GROUP, "v1", "PriorityLevelConfiguration");

    private static final List<String> ANY = List.of("*");
    private static final List<String> ELECTION = List.of("get", "create", "update");
    private static final String MANAGER = "system:kube-controller-manager";
    private static final String SCHEDULER = "system:kube-scheduler";
    private static final String NODES = "system:nodes";
    private static final String BY_USER = "ByUser";
    private static final String BY_NAMESPACE = "ByNamespace";
    private static final List<String> EVERYBODY = List.of("system:unauthenticated", "system:authenticated");

    private BootstrapFlows() {}

    /// Without these nothing works: they are put right whatever somebody made of them.
    static List<Resource> mandatoryLevels() {
        Resource exempt = Resource.of(LEVEL, "", PriorityLevel.EXEMPT);
        exempt.object("spec")
                .put("type", "Exempt")
                .putObject("exempt")
                .put("nominalConcurrencyShares", 0)
                .put("lendablePercent", 0);
        return List.of(exempt, level(PriorityLevel.CATCH_ALL, 5, 0));
    }

    static List<Resource> mandatorySchemas() {
        return List.of(
                schema(PriorityLevel.EXEMPT, PriorityLevel.EXEMPT, 1, "", groups(List.of("system:masters"), true)),
                schema(PriorityLevel.CATCH_ALL, PriorityLevel.CATCH_ALL, 10_000, BY_USER, groups(EVERYBODY, true)));
    }

    /// A good beginning, which administrators may change.
    static List<Resource> suggestedLevels() {
        return List.of(
                queued(level("system", 30, 33), 64, 6),
                queued(level("node-high", 40, 25), 64, 6),
                queued(level("leader-election", 10, 0), 16, 4),
                queued(level("workload-high", 40, 50), 128, 6),
                queued(level("workload-low", 100, 90), 128, 6),
                queued(level("global-default", 20, 50), 128, 6));
    }

    static List<Resource> suggestedSchemas() {
        return List.of(
                schema("system-nodes", "system", 500, BY_USER, groups(List.of(NODES), true)),
                schema(
                        "system-node-high",
                        "node-high",
                        400,
                        BY_USER,
                        groups(List.of(NODES), false).andThen(rule -> {
                            onResources(rule, ANY, "", List.of("nodes", "nodes/status"), true);
                            onResources(rule, ANY, "coordination.k8s.io", List.of("leases"), false);
                        })),
                schema(
                        "probes",
                        PriorityLevel.EXEMPT,
                        2,
                        "",
                        groups(EVERYBODY, false)
                                .andThen(rule ->
                                        onPaths(rule, List.of("get"), List.of("/healthz", "/readyz", "/livez")))),
                schema(
                        "system-leader-election",
                        "leader-election",
                        100,
                        BY_USER,
                        users(MANAGER, SCHEDULER).andThen(rule -> {
                            account(rule, "*");
                            leases(rule);
                        })),
                schema("workload-leader-election", "leader-election", 200, BY_USER, rule -> {
                    account(rule, "*");
                    onResources(rule, ELECTION, "", List.of("endpoints", "configmaps"), false);
                    leases(rule);
                }),
                schema(
                        "endpoint-controller",
                        "workload-high",
                        150,
                        BY_USER,
                        users(MANAGER).andThen(rule -> {
                            account(rule, "endpoint-controller");
                            account(rule, "endpointslicemirroring-controller");
                            onResources(rule, ELECTION, "", List.of("endpoints"), false);
                        })),
                schema(
                        "kube-controller-manager",
                        "workload-high",
                        800,
                        BY_NAMESPACE,
                        users(MANAGER).andThen(BootstrapFlows::onEverything)),
                schema(
                        "kube-scheduler",
                        "workload-high",
                        800,
                        BY_NAMESPACE,
                        users(SCHEDULER).andThen(BootstrapFlows::onEverything)),
                schema("kube-system-service-accounts", "workload-high", 900, BY_NAMESPACE, rule -> {
                    account(rule, "*");
                    onEverything(rule);
                }),
                schema(
                        "service-accounts",
                        "workload-low",
                        9000,
                        BY_USER,
                        groups(List.of("system:serviceaccounts"), true)),
                schema("global-default", "global-default", 9900, BY_USER, groups(EVERYBODY, true)));
    }

    private static Resource level(String name, int shares, int lendable) {
        Resource level = Resource.of(LEVEL, "", name);
        level.object("spec")
                .put("type", "Limited")
                .putObject("limited")
                .put("nominalConcurrencyShares", shares)
                .put("lendablePercent", lendable)
                .putObject("limitResponse")
                .put("type", "Reject");
        return level;
    }

    private static Resource queued(Resource level, int queues, int hand) {
        ((ObjectNode) level.at("spec", "limited", "limitResponse"))
                .put("type", "Queue")
                .putObject("queuing")
                .put("queues", queues)
                .put("handSize", hand)
                .put("queueLengthLimit", 50);
        return level;
    }

    private static Resource schema(
            String name, String level, int precedence, String distinguisher, Consumer<ObjectNode> rule) {
        Resource schema = Resource.of(SCHEMA, "", name);
        ObjectNode spec = schema.object("spec");
        spec.putObject("priorityLevelConfiguration").put("name", level);
        spec.put("matchingPrecedence", precedence);
        if (!distinguisher.isEmpty()) {
            spec.putObject("distinguisherMethod").put("type", distinguisher);
        }
        rule.accept(spec.putArray("rules").addObject());
        return schema;
    }

    private static Consumer<ObjectNode> groups(List<String> names, boolean isOnEverything) {
        return rule -> {
            names.forEach(name -> rule.withArray("subjects")
                    .addObject()
                    .put("kind", "Group")
                    .putObject("group")
                    .put("name", name));
            if (isOnEverything) {
                onEverything(rule);
            }
        };
    }

    private static Consumer<ObjectNode> users(String... names) {
        return rule -> List.of(names)
                .forEach(name -> rule.withArray("subjects")
                        .addObject()
                        .put("kind", "User")
                        .putObject("user")
                        .put("name", name));
    }

    private static void account(ObjectNode rule, String name) {
        rule.withArray("subjects")
                .addObject()
                .put("kind", "ServiceAccount")
                .putObject("serviceAccount")
                .put("namespace", "kube-system")
                .put("name", name);
    }

    private static void onEverything(ObjectNode rule) {
        onResources(rule, ANY, "*", ANY, true);
        onPaths(rule, ANY, ANY);
    }

    private static void leases(ObjectNode rule) {
        onResources(rule, ELECTION, "coordination.k8s.io", List.of("leases"), false);
    }

    private static void onResources(
            ObjectNode rule, List<String> verbs, String group, List<String> resources, boolean isClusterScope) {
        ObjectNode added = rule.withArray("resourceRules").addObject();
        put(added, "verbs", verbs);
        put(added, "apiGroups", List.of(group));
        put(added, "resources", resources);
        if (isClusterScope) {
            added.put("clusterScope", true);
        }
        put(added, "namespaces", ANY);
    }

    private static void onPaths(ObjectNode rule, List<String> verbs, List<String> paths) {
        ObjectNode added = rule.withArray("nonResourceRules").addObject();
        put(added, "verbs", verbs);
        put(added, "nonResourceURLs", paths);
    }

    private static void put(ObjectNode node, String field, List<String> texts) {
        var array = Json.array();
        texts.forEach(array::add);
        node.set(field, array);
    }
}
