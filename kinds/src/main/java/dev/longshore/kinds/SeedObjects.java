package dev.longshore.kinds;

import dev.longshore.kinds.authorization.BootstrapRoles;
import dev.longshore.kinds.authorization.RoleReconciler;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.services.ServiceStocks;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What is in every cluster from the beginning. May be planted again and again, by several servers at once:
/// what is there stays, what was deleted comes back, and bootstrap roles get what they lack.
public final class SeedObjects {

    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");

    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int MOST_ATTEMPTS = 100;

    private final KindsContext context;
    private final Registry registry;
    private final int securePort;
    private final boolean isAlone;

    /// For the cluster of `registry`, whose only API server listens on `securePort`.
    public SeedObjects(KindsContext context, Registry registry, int securePort) {
        this(context, registry, securePort, true);
    }

    /// For the cluster of `registry`, whose API server listens on `securePort`.
    ///
    /// @param isAlone whether no other server writes meanwhile
    public SeedObjects(KindsContext context, Registry registry, int securePort, boolean isAlone) {
        this.isAlone = isAlone;
        this.context = context;
        this.registry = registry;
        this.securePort = securePort;
    }

    /// Plants them all.
    public void plant() {
        NAMESPACES.forEach(this::namespace);
        BootstrapRoles.all(context.gates()).forEach(new RoleReconciler(registry)::reconcile);
        priority(
                "system-node-critical",
                2_000_001_000L,
                "Used for system critical pods that must not be moved from" + " their current node.");
        priority(
                "system-cluster-critical",
                2_000_000_000L,
                "Used for system critical pods that must run in the"
                        + " cluster, but can be moved to another node if necessary.");
        serviceRange();
        var stocks = new ServiceStocks(context);
        service(stocks.firstAddress());
        if (isAlone) {
            stocks.repair(registry);
        } else {
            stocks.complete(registry);
        }
    }

    private void namespace(String name) {
        Resource namespace = Resource.of(new GroupVersionKind("", "v1", "Namespace"), "", name);
        namespace.metadata().putObject("labels").put("kubernetes.io/metadata.name", name);
        namespace.tree().putObject("spec").putArray("finalizers").add("kubernetes");
        namespace.tree().putObject("status").put("phase", "Active");
        create(new GroupResource("", "namespaces"), namespace);
    }

    private void priority(String name, long value, String description) {
        Resource object = Resource.of(new GroupVersionKind("scheduling.k8s.io", "v1", "PriorityClass"), "", name);
        object.tree().put("value", value).put("description", description);
        create(new GroupResource("scheduling.k8s.io", "priorityclasses"), object);
    }

    private void serviceRange() {
        Resource range = Resource.of(new GroupVersionKind("networking.k8s.io", "v1", "ServiceCIDR"), "", "kubernetes");
        var blocks = range.tree().putObject("spec").putArray("cidrs");
        context.serviceRanges().forEach(blocks::add);
        ObjectNode condition =
                range.tree().putObject("status").putArray("conditions").addObject();
        condition.put("type", "Ready").put("status", "True").put("reason", "").put("message", "");
        condition.put(
                "lastTransitionTime",
                context.time().now().truncatedTo(ChronoUnit.SECONDS).toString());
        create(new GroupResource("networking.k8s.io", "servicecidrs"), range);
    }

    private void service(String address) {
        Resource service = Resource.of(new GroupVersionKind("", "v1", "Service"), "default", "kubernetes");
        service.metadata().putObject("labels").put("component", "apiserver").put("provider", "kubernetes");
        ObjectNode spec = service.tree().putObject("spec");
        spec.putArray("ports")
                .addObject()
                .put("name", "https")
                .put("protocol", "TCP")
                .put("port", 443)
                .put("targetPort", securePort);
        spec.put("clusterIP", address).putArray("clusterIPs").add(address);
        spec.put("type", "ClusterIP").put("sessionAffinity", "None").put("internalTrafficPolicy", "Cluster");
        spec.put("ipFamilyPolicy", "SingleStack").putArray("ipFamilies").add(address.contains(":") ? "IPv6" : "IPv4");
        service.tree().putObject("status").putObject("loadBalancer");
        for (int attempt = 1; ; attempt++) {
            try {
                create(new GroupResource("", "services"), service);
                return;
            } catch (FaultException refused) {
                // Another server has taken the address, and is about to store the service.
                boolean mayCome = !isAlone && refused.fault() instanceof Fault.Invalid && attempt < MOST_ATTEMPTS;
                if (!mayCome) {
                    throw refused;
                }
                pause(refused);
            }
        }
    }

    private void pause(FaultException refused) {
        try {
            context.time().sleep(PAUSE);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw refused;
        }
    }

    private boolean create(GroupResource resource, Resource object) {
        if (registry.get(resource, object.namespace(), object.name()).isPresent()) {
            return false;
        }
        try {
            registry.create(object);
            return true;
        } catch (FaultException refused) {
            if (refused.fault() instanceof Fault.AlreadyExists) {
                // Another server was quicker.
                return false;
            }
            throw refused;
        }
    }
}
