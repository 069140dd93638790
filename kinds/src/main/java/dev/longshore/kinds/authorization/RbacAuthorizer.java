package dev.longshore.kinds.authorization;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Registry;
import dev.longshore.model.UserInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// Role based access control. Decides by a snapshot of all roles and bindings: taken anew at once after a write
/// in this process, and every second for what other servers write. Kubernetes is no quicker: it learns of roles
/// by watching.
public final class RbacAuthorizer implements Authorizer {

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Time time;
    private final KindsContext context;
    private final Supplier<Registry> registry;
    private final AtomicReference<Snapshot> snapshot = new AtomicReference<>();
    private final AtomicBoolean isRefreshing = new AtomicBoolean();

    /// Reads roles from `registry`, which is asked for when first needed.
    public RbacAuthorizer(KindsContext context, Supplier<Registry> registry) {
        this.context = context;
        this.time = context.time();
        this.registry = registry;
    }

    private record Snapshot(Grants grants, long changes, long takenAt) {}

    @Override
    public Decision authorize(Attributes attributes) {
        var errors = new ArrayList<String>();
        var grants = grants().of(attributes.user(), attributes.namespace()).iterator();
        while (grants.hasNext()) {
            Grants.Grant grant = grants.next();
            errors.add(grant.error());
            for (Rule rule : grant.rules()) {
                if (rule.allows(attributes)) {
                    return new Decision.Allow(grant.why());
                }
            }
        }
        String error = Aggregate.of(errors);
        return new Decision.NoOpinion(error.isEmpty() ? "" : "RBAC: " + error);
    }

    @Override
    public Rules rules(UserInfo user, String namespace) {
        var resources = new ArrayList<ResourceRule>();
        var paths = new ArrayList<PathRule>();
        var errors = new ArrayList<String>();
        grants().of(user, namespace).forEach(grant -> {
            errors.add(grant.error());
            for (Rule rule : grant.rules()) {
                if (!rule.resources().isEmpty()) {
                    resources.add(new ResourceRule(rule.verbs(), rule.groups(), rule.resources(), rule.names()));
                }
                if (!rule.paths().isEmpty()) {
                    paths.add(new PathRule(rule.verbs(), rule.paths()));
                }
            }
        });
        return new Rules(resources, paths, false, Aggregate.of(errors));
    }

    private Grants grants() {
        Snapshot present = snapshot.get();
        if (present == null || present.changes != context.roleChanges().count()) {
            return refresh();
        }
        boolean isOld = time.nanoTime() - present.takenAt > FRESH.toNanos();
        if (isOld && isRefreshing.compareAndSet(false, true)) {
            try {
                return refresh();
            } finally {
                isRefreshing.set(false);
            }
        }
        return present.grants;
    }

    private Grants refresh() {
        // The count is read first: a write during the reading makes the snapshot old, not wrong for good.
        long changes = context.roleChanges().count();
        long now = time.nanoTime();
        var fresh = new Snapshot(Grants.read(registry.get()), changes, now);
        snapshot.accumulateAndGet(fresh, (one, other) -> one == null || one.takenAt <= other.takenAt ? other : one);
        return fresh.grants;
    }
}
