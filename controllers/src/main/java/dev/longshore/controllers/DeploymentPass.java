package dev.longshore.controllers;

import static java.util.Objects.requireNonNullElse;

import dev.longshore.client.EventRecorder;
import dev.longshore.client.Outcome;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// One look at one Deployment, and the next step towards what it asks for. Made anew for each look; what it
/// writes it goes on with.
final class DeploymentPass {

    private final KubernetesClient client;
    private final EventRecorder events;
    private final Function<ReplicaSet, List<Pod>> pods;
    private final Instant now;
    private final List<ReplicaSet> sets;
    private Deployment deployment;

    /// @param sets all that belong to it
    /// @param pods what each of them has
    DeploymentPass(
            KubernetesClient client,
            EventRecorder events,
            Deployment deployment,
            List<ReplicaSet> sets,
            Function<ReplicaSet, List<Pod>> pods,
            Instant now) {
        this.client = client;
        this.events = events;
        this.deployment = deployment;
        this.sets = new ArrayList<>(sets);
        this.sets.sort(ReplicaSets.BY_AGE);
        this.pods = pods;
        this.now = now;
    }

    Outcome run() {
        if (Keys.isBeingDeleted(deployment)) {
            number();
            return settle();
        }
        notePause();
        if (isPaused()) {
            return resize();
        }
        Optional<Long> revision = Revisions.rollbackTo(deployment);
        if (revision.isPresent()) {
            return goBack(revision.get());
        }
        number();
        if (isResized()) {
            return resize();
        }
        return isRecreated() ? recreate() : roll();
    }

    private Outcome roll() {
        ReplicaSet fresh = freshOrCreated();
        RolloutPlan plan = RolloutPlan.of(deployment);
        if (scale(fresh, plan.grown(ReplicaSets.member(fresh), ReplicaSets.members(old())), false)) {
            return settleRollout();
        }
        RolloutPlan.Member member = ReplicaSets.member(fresh);
        List<RolloutPlan.Member> old = ReplicaSets.members(old());
        Map<String, Integer> cleaned = plan.cleaned(member, old);
        boolean isShrunk = scale(cleaned);
        isShrunk |= scale(plan.shrunk(member, old, cleaned));
        if (!isShrunk && DeploymentStatuses.isComplete(deployment, status())) {
            dropHistory();
        }
        return settleRollout();
    }

    /// No new pod while an old one runs.
    private Outcome recreate() {
        boolean isShrunk = false;
        for (ReplicaSet set : ReplicaSets.active(old())) {
            isShrunk |= scale(set, 0, false);
        }
        if (isShrunk || runsOldPods()) {
            return settleRollout();
        }
        scale(freshOrCreated(), RolloutPlan.desired(deployment), false);
        if (DeploymentStatuses.isComplete(deployment, status())) {
            dropHistory();
        }
        return settleRollout();
    }

    private boolean runsOldPods() {
        return ReplicaSets.sum(old(), ReplicaSetStatus::getReplicas) > 0
                || old().stream().flatMap(set -> pods.apply(set).stream()).anyMatch(pod -> !Pods.isTerminal(pod));
    }

    /// A changed size takes effect at once, also in the middle of a rollout and while paused. The size is noted on sets
    /// that keep theirs, too: by an outdated note each pass would take the size for changed, and never roll.
    private Outcome resize() {
        Optional<ReplicaSet> fresh = number();
        RolloutPlan plan = RolloutPlan.of(deployment);
        List<ReplicaSet> active = ReplicaSets.active(sets);
        if (active.size() <= 1) {
            activeOrLatest(active, fresh).ifPresent(set -> scale(set, plan.desired(), true));
        } else if (fresh.filter(set -> isSaturated(set, plan)).isPresent()) {
            ReplicaSets.active(old()).forEach(set -> scale(set, 0, false));
        } else if (isRecreated()) {
            active.forEach(set -> scale(set, ReplicaSets.replicas(set), true));
        } else {
            Map<String, Integer> sizes = ProportionalShares.of(
                    plan,
                    active.stream().map(DeploymentPass::share).toList(),
                    requireNonNullElse(status().getReplicas(), 0));
            sizes.forEach((name, size) -> scale(named(name), size, true));
        }
        if (isPaused() && Revisions.rollbackTo(deployment).isEmpty()) {
            dropHistory();
        }
        return settle();
    }

    private Optional<ReplicaSet> activeOrLatest(List<ReplicaSet> active, Optional<ReplicaSet> fresh) {
        return active.stream()
                .findFirst()
                .or(() -> fresh)
                .or(() -> sets.stream().max(ReplicaSets.BY_AGE));
    }

    private static boolean isSaturated(ReplicaSet set, RolloutPlan plan) {
        return ReplicaSets.replicas(set) == plan.desired()
                && Revisions.size(set, Revisions.DESIRED).orElse(-1) == plan.desired()
                && ReplicaSets.count(set, ReplicaSetStatus::getAvailableReplicas) == plan.desired();
    }

    private static ProportionalShares.Share share(ReplicaSet set) {
        return new ProportionalShares.Share(
                set.getMetadata().getName(),
                ReplicaSets.replicas(set),
                Revisions.size(set, Revisions.MOST).orElse(0),
                requireNonNullElse(set.getMetadata().getCreationTimestamp(), ""));
    }

    /// Goes back to an earlier template, as clients of old versions ask; today's patch the template themselves.
    private Outcome goBack(long wanted) {
        freshOrCreated();
        long revision = wanted == 0 ? Revisions.last(sets) : wanted;
        if (revision == 0) {
            warn("DeploymentRollbackRevisionNotFound", "Unable to find last revision.");
            return goOn(deployment);
        }
        Optional<ReplicaSet> found =
                sets.stream().filter(set -> Revisions.of(set) == revision).findFirst();
        if (found.isEmpty()) {
            warn("DeploymentRollbackRevisionNotFound", "Unable to find the revision to rollback to.");
            return goOn(deployment);
        }
        String name = deployment.getMetadata().getName();
        if (FreshReplicaSet.isOf(deployment, found.get())) {
            warn(
                    "DeploymentRollbackTemplateUnchanged",
                    "The rollback revision contains the same template as current deployment \"%s\"".formatted(name));
            return goOn(deployment);
        }
        goOn(new DeploymentBuilder(deployment)
                .editSpec()
                .withTemplate(TemplateHash.without(found.get().getSpec().getTemplate()))
                .endSpec()
                .editMetadata()
                .withAnnotations(Revisions.goingBack(deployment, found.get()))
                .endMetadata()
                .build());
        events.event(
                deployment,
                EventRecorder.Type.NORMAL,
                "DeploymentRollback",
                "Rolled back deployment \"%s\" to revision %d".formatted(name, revision));
        return Outcome.done();
    }

    private Outcome goOn(Deployment changed) {
        Map<String, String> annotations = new HashMap<>(Revisions.annotations(changed));
        annotations.remove(Revisions.ROLL_BACK);
        client.resource(new DeploymentBuilder(changed)
                        .editMetadata()
                        .withAnnotations(annotations)
                        .endMetadata()
                        .build())
                .update();
        return Outcome.done();
    }

    /// Whoever pauses a rollout stops its clock, which begins anew when it goes on.
    private void notePause() {
        String reason = DeploymentConditions.progressReason(status());
        boolean isNoted = reason.equals(DeploymentConditions.PAUSED);
        if (!DeploymentConditions.hasDeadline(deployment)
                || reason.equals(DeploymentConditions.TIMED_OUT)
                || isNoted == isPaused()) {
            return;
        }
        write(progress(
                "Unknown",
                isPaused() ? DeploymentConditions.PAUSED : DeploymentConditions.RESUMED,
                isPaused() ? "Deployment is paused" : "Deployment is resumed"));
    }

    /// The set of the present template, if there is one, with its revision and annotations, which the
    /// Deployment's follow. A template that comes back (after `rollout undo`) becomes the newest revision.
    private Optional<ReplicaSet> number() {
        Optional<ReplicaSet> found = fresh();
        if (found.isEmpty()) {
            return found;
        }
        ReplicaSet set = found.get();
        Map<String, String> annotations = Revisions.renewed(deployment, set, Revisions.next(old()));
        Integer minReady = deployment.getSpec().getMinReadySeconds();
        boolean isSame = annotations.equals(Revisions.annotations(set))
                && Objects.equals(
                        requireNonNullElse(minReady, 0),
                        requireNonNullElse(set.getSpec().getMinReadySeconds(), 0));
        if (!isSame) {
            set = put(new ReplicaSetBuilder(set)
                    .editMetadata()
                    .withAnnotations(annotations)
                    .endMetadata()
                    .editSpec()
                    .withMinReadySeconds(minReady)
                    .endSpec()
                    .build());
        }
        List<DeploymentCondition> conditions = status().getConditions();
        if (DeploymentConditions.hasDeadline(deployment)
                && DeploymentConditions.progressReason(status()).isEmpty()) {
            String message =
                    "Found new replica set \"%s\"".formatted(set.getMetadata().getName());
            conditions = progress("True", DeploymentConditions.FOUND, message);
        }
        write(Revisions.annotations(set).get(Revisions.REVISION), conditions);
        return Optional.of(set);
    }

    private ReplicaSet freshOrCreated() {
        return number().orElseGet(this::created);
    }

    private ReplicaSet created() {
        ReplicaSet wanted = FreshReplicaSet.of(deployment, sets);
        List<DeploymentCondition> conditions = status().getConditions();
        ReplicaSet made;
        try {
            made = client.resource(wanted).create();
            if (ReplicaSets.replicas(made) > 0) {
                announce(made, 0, ReplicaSets.replicas(made));
            }
            if (DeploymentConditions.hasDeadline(deployment)) {
                String message = "Created new replica set \"%s\""
                        .formatted(made.getMetadata().getName());
                conditions = progress("True", DeploymentConditions.CREATED, message);
            }
        } catch (KubernetesClientException refused) {
            made = ours(wanted, refused).orElseThrow(() -> refused);
        }
        sets.add(made);
        write(Revisions.annotations(wanted).get(Revisions.REVISION), conditions);
        return made;
    }

    /// The set that was to be made, if it is there already; else says in the status why it cannot be made.
    private Optional<ReplicaSet> ours(ReplicaSet wanted, KubernetesClientException refused) {
        if (Refusals.isOfEndingNamespace(refused)) {
            return Optional.empty();
        }
        if (!Refusals.isAlreadyThere(refused)) {
            String message = "Failed to create new replica set \"%s\": %s"
                    .formatted(wanted.getMetadata().getName(), Refusals.message(refused));
            warn(DeploymentConditions.NOT_CREATED, message);
            if (DeploymentConditions.hasDeadline(deployment)) {
                write(progress("False", DeploymentConditions.NOT_CREATED, message));
            }
            return Optional.empty();
        }
        Optional<ReplicaSet> present =
                Optional.ofNullable(client.resource(wanted).get());
        Optional<ReplicaSet> own = present.filter(set -> Keys.isControlledBy(set, deployment))
                .filter(set -> FreshReplicaSet.isOf(deployment, set));
        if (own.isEmpty() && present.isPresent()) {
            // The name is taken by another template: the next try takes another hash.
            DeploymentStatus status = new DeploymentStatusBuilder(status())
                    .withCollisionCount(requireNonNullElse(status().getCollisionCount(), 0) + 1)
                    .build();
            write(status, Revisions.annotations(deployment));
        }
        return own;
    }

    /// @return whether one was changed
    private boolean scale(Map<String, Integer> sizes) {
        boolean isScaled = false;
        for (var size : sizes.entrySet()) {
            isScaled |= scale(named(size.getKey()), size.getValue(), false);
        }
        return isScaled;
    }

    /// @param isNoted whether the annotations about the Deployment's size are brought up to date in any case
    /// @return whether its size was changed
    private boolean scale(ReplicaSet set, int size, boolean isNoted) {
        int before = ReplicaSets.replicas(set);
        Map<String, String> sizes = Revisions.sizes(RolloutPlan.of(deployment));
        boolean isUpToDate = !isNoted || Revisions.annotations(set).entrySet().containsAll(sizes.entrySet());
        if (before == size && isUpToDate) {
            return false;
        }
        put(new ReplicaSetBuilder(set)
                .editMetadata()
                .addToAnnotations(sizes)
                .endMetadata()
                .editSpec()
                .withReplicas(size)
                .endSpec()
                .build());
        if (before != size) {
            announce(set, before, size);
        }
        return before != size;
    }

    private ReplicaSet put(ReplicaSet changed) {
        ReplicaSet written = client.resource(changed).update();
        String uid = written.getMetadata().getUid();
        sets.replaceAll(set -> set.getMetadata().getUid().equals(uid) ? written : set);
        return written;
    }

    private void announce(ReplicaSet set, int from, int to) {
        events.event(
                deployment,
                EventRecorder.Type.NORMAL,
                "ScalingReplicaSet",
                "Scaled %s replica set %s from %d to %d"
                        .formatted(to > from ? "up" : "down", set.getMetadata().getName(), from, to));
    }

    /// Deletes old sets beyond the limit, those of the lowest revisions; one that still has pods is spared.
    private void dropHistory() {
        Integer limit = deployment.getSpec().getRevisionHistoryLimit();
        if (limit == null || limit == Integer.MAX_VALUE) {
            return;
        }
        List<ReplicaSet> alive =
                old().stream().filter(set -> !Keys.isBeingDeleted(set)).toList();
        alive.stream()
                .sorted(Comparator.comparingLong((ReplicaSet set) -> Revisions.of(set))
                        .thenComparing(ReplicaSets.BY_AGE))
                .limit(Math.max(0, alive.size() - limit))
                .filter(DeploymentPass::isIdle)
                .forEach(set -> client.resource(set).delete());
    }

    private static boolean isIdle(ReplicaSet set) {
        return ReplicaSets.replicas(set) == 0
                && ReplicaSets.count(set, ReplicaSetStatus::getReplicas) == 0
                && requireNonNullElse(set.getMetadata().getGeneration(), 0L)
                        <= (set.getStatus() == null
                                ? 0L
                                : requireNonNullElse(set.getStatus().getObservedGeneration(), 0L));
    }

    private Outcome settle() {
        write(DeploymentStatuses.counted(deployment, fresh(), sets, now), Revisions.annotations(deployment));
        return Outcome.done();
    }

    private Outcome settleRollout() {
        DeploymentStatus status = DeploymentStatuses.rolledOut(deployment, fresh(), sets, now);
        write(status, Revisions.annotations(deployment));
        return DeploymentStatuses.nextCheck(deployment, status, now)
                .<Outcome>map(Outcome.RetryAfter::new)
                .orElseGet(Outcome::done);
    }

    private void write(List<DeploymentCondition> conditions) {
        write(
                new DeploymentStatusBuilder(status()).withConditions(conditions).build(),
                Revisions.annotations(deployment));
    }

    private void write(String revision, List<DeploymentCondition> conditions) {
        Map<String, String> annotations = new HashMap<>(Revisions.annotations(deployment));
        if (revision != null) {
            annotations.put(Revisions.REVISION, revision);
        }
        DeploymentStatus status =
                new DeploymentStatusBuilder(status()).withConditions(conditions).build();
        write(status, annotations);
    }

    /// The revision goes with the status, in one write.
    private void write(DeploymentStatus status, Map<String, String> annotations) {
        if (status.equals(status()) && annotations.equals(Revisions.annotations(deployment))) {
            return;
        }
        deployment = client.resource(new DeploymentBuilder(deployment)
                        .editMetadata()
                        .withAnnotations(annotations.isEmpty() ? null : annotations)
                        .endMetadata()
                        .withStatus(status)
                        .build())
                .updateStatus();
    }

    private List<DeploymentCondition> progress(String status, String reason, String message) {
        return DeploymentConditions.with(
                status().getConditions(), DeploymentConditions.PROGRESSING, status, reason, message, now);
    }

    private void warn(String reason, String message) {
        events.event(deployment, EventRecorder.Type.WARNING, reason, message);
    }

    private Optional<ReplicaSet> fresh() {
        return sets.stream()
                .filter(set -> FreshReplicaSet.isOf(deployment, set))
                .findFirst();
    }

    private List<ReplicaSet> old() {
        Optional<ReplicaSet> fresh = fresh();
        return sets.stream()
                .filter(set -> fresh.isEmpty() || set != fresh.get())
                .toList();
    }

    private ReplicaSet named(String name) {
        return sets.stream()
                .filter(set -> set.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private boolean isResized() {
        return ReplicaSets.active(sets).stream()
                .map(set -> Revisions.size(set, Revisions.DESIRED))
                .anyMatch(size -> size.isPresent() && size.getAsInt() != RolloutPlan.desired(deployment));
    }

    private boolean isPaused() {
        return Boolean.TRUE.equals(deployment.getSpec().getPaused());
    }

    private boolean isRecreated() {
        return "Recreate".equals(deployment.getSpec().getStrategy().getType());
    }

    private DeploymentStatus status() {
        return DeploymentStatuses.of(deployment);
    }
}
