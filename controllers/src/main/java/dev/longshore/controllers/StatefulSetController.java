package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Keeps the named pods of a StatefulSet and their claims: does what [StatefulPlan] says.
final class StatefulSetController implements Reconciler {

    static final String NAME = "statefulset-controller";

    private static final int WORKERS = 2;
    private static final int CONFLICT = 409;

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final PodClaims claims;
    private final TemplateRevisions revisions;

    private StatefulSetController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.claims = new PodClaims(client);
        this.revisions = new TemplateRevisions(client, informers);
        informers.of(PersistentVolumeClaim.class);
    }

    static Controller create(ControllerContext context) {
        var controller = new StatefulSetController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        context.informers().onChange(StatefulSet.class, set -> loop.queue().add(Keys.of(set)));
        // Pods have names that the server refuses twice, so nothing need be expected.
        context.informers()
                .of(Pod.class)
                .addEventHandler(new ChildEvents(
                        "StatefulSet", new Expectations(context.time()), loop.queue(), controller::orphaned));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<StatefulSet> found = informers.find(StatefulSet.class, key);
        if (found.isEmpty()) {
            return Outcome.done();
        }
        StatefulSet set = found.get();
        if (Keys.isBeingDeleted(set)) {
            return Outcome.done();
        }
        ControllerRevision update = revisions.newest(set, set.getSpec().getTemplate());
        ControllerRevision current = current(set).orElse(update);
        List<Pod> pods = claims.claim(
                set,
                set.getSpec().getSelector(),
                informers.in(Pod.class, set.getMetadata().getNamespace()).stream()
                        .filter(pod -> StatefulPods.ordinal(set, pod).isPresent())
                        .toList());
        Instant now = context.time().now();
        StatefulPlan plan = StatefulPlan.of(set, pods, name(current), name(update), now);
        if (!Objects.equals(plan.status(), set.getStatus())) {
            client.resource(new StatefulSetBuilder(set)
                            .withStatus(plan.status())
                            .build())
                    .updateStatus();
        }
        plan.create()
                .forEach((ordinal, revision) -> create(set, revision.equals(name(update)) ? update : current, ordinal));
        if (StatefulPods.isDeletedWithPod(set)) {
            plan.condemned().forEach(pod -> tieClaims(set, pod));
        }
        plan.delete().forEach(pod -> delete(set, pod));
        revisions.dropHistory(set, set.getSpec().getRevisionHistoryLimit(), inUse(pods, current, update));
        return Pods.untilAvailable(pods, set.getSpec().getMinReadySeconds(), now)
                .<Outcome>map(Outcome.RetryAfter::new)
                .orElseGet(Outcome::done);
    }

    private Optional<ControllerRevision> current(StatefulSet set) {
        String name = set.getStatus() == null ? null : set.getStatus().getCurrentRevision();
        return revisions.all(set).stream()
                .filter(revision -> name(revision).equals(name))
                .findFirst();
    }

    private void create(StatefulSet set, ControllerRevision revision, int ordinal) {
        PodTemplateSpec template = TemplateRevisions.template(revision);
        Pod pod = StatefulPods.pod(set, template, name(revision), ordinal);
        StatefulPods.claims(set, name(pod)).forEach(claim -> ensure(set, pod, claim));
        make(set, pod, "create Pod %s in StatefulSet %s".formatted(name(pod), name(set)), "successful");
    }

    private void ensure(StatefulSet set, Pod pod, PersistentVolumeClaim claim) {
        if (informers.find(PersistentVolumeClaim.class, Keys.of(claim)).isEmpty()) {
            String what = "create Claim %s Pod %s in StatefulSet %s".formatted(name(claim), name(pod), name(set));
            make(set, claim, what, "success");
        }
    }

    /// What is there already was made a moment ago.
    private void make(StatefulSet set, HasMetadata object, String what, String success) {
        try {
            client.resource(object).create();
            events.event(set, EventRecorder.Type.NORMAL, "SuccessfulCreate", what + " " + success);
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != CONFLICT) {
                events.event(
                        set,
                        EventRecorder.Type.WARNING,
                        "FailedCreate",
                        what + " failed error: " + refused.getMessage());
            }
            if (refused.getCode() != CONFLICT || object instanceof Pod) {
                throw refused;
            }
        }
    }

    private void delete(StatefulSet set, Pod pod) {
        if (Pods.isTerminal(pod)) {
            events.event(
                    set,
                    EventRecorder.Type.WARNING,
                    "RecreatingTerminatedPod",
                    "StatefulSet %s is recreating terminated Pod %s".formatted(Keys.of(set), name(pod)));
        }
        client.resource(pod).delete();
        events.event(
                set,
                EventRecorder.Type.NORMAL,
                "SuccessfulDelete",
                "delete Pod %s in StatefulSet %s successful".formatted(name(pod), name(set)));
    }

    /// Lets the claims of a pod that is not wanted any more go with it.
    private void tieClaims(StatefulSet set, Pod pod) {
        for (PersistentVolumeClaim claim : StatefulPods.claims(set, name(pod))) {
            informers
                    .find(PersistentVolumeClaim.class, Keys.of(claim))
                    .filter(present -> present.getMetadata().getOwnerReferences().stream()
                            .noneMatch(owner ->
                                    owner.getUid().equals(pod.getMetadata().getUid())))
                    .ifPresent(present -> client.resource(new PersistentVolumeClaimBuilder(present)
                                    .editMetadata()
                                    .withOwnerReferences(Keys.controlledBy(pod))
                                    .endMetadata()
                                    .build())
                            .update());
        }
    }

    private static Set<String> inUse(List<Pod> pods, ControllerRevision current, ControllerRevision update) {
        Set<String> inUse = new HashSet<>(List.of(name(current)));
        inUse.add(name(update));
        pods.forEach(pod -> inUse.add(StatefulPods.revision(pod)));
        return inUse;
    }

    private static String name(HasMetadata object) {
        return object.getMetadata().getName();
    }

    /// Which sets might adopt `pod`.
    private List<String> orphaned(Pod pod) {
        return informers.in(StatefulSet.class, pod.getMetadata().getNamespace()).stream()
                .filter(set -> Selectors.matches(
                                set.getSpec().getSelector(), pod.getMetadata().getLabels())
                        && StatefulPods.ordinal(set, pod).isPresent())
                .map(Keys::of)
                .toList();
    }
}
