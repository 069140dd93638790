package dev.longshore.apiserver.custom;

import dev.longshore.model.MetadataRules;
import dev.longshore.model.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;

/// How far the deletion of a definition's resources, which goes before its own, has come.
public final class Cleanup {

    /// Keeps a definition until its resources are gone.
    public static final String FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

    private Cleanup() {}

    /// Whether `definition` waits for its resources to go.
    public static boolean isDue(Resource definition) {
        return definition.isTerminating()
                && MetadataRules.finalizers(definition).contains(FINALIZER);
    }

    /// Says that resources are being deleted.
    public static void begin(Resource definition, Instant now) {
        new Conditions(definition, now)
                .set(
                        Conditions.TERMINATING,
                        true,
                        "InstanceDeletionInProgress",
                        "CustomResource deletion is in progress");
    }

    /// Says that some resources could not be deleted.
    public static void fail(Resource definition, String why, Instant now) {
        new Conditions(definition, now)
                .set(Conditions.TERMINATING, true, "InstanceDeletionFailed", "could not issue all deletes: " + why);
    }

    /// Says that something keeps resources for longer than is usual.
    public static void linger(Resource definition, Instant now) {
        new Conditions(definition, now)
                .set(
                        Conditions.TERMINATING,
                        true,
                        "InstanceDeletionCheck",
                        "could not confirm zero CustomResources remaining: timed out waiting for the condition");
    }

    /// Lets go of `definition`, whose resources are gone or never were.
    public static void end(Resource definition, boolean wasEstablished, Instant now) {
        new Conditions(definition, now)
                .set(
                        Conditions.TERMINATING,
                        false,
                        wasEstablished ? "InstanceDeletionCompleted" : "NeverEstablished",
                        wasEstablished ? "removed all instances" : "resource was never established");
        List<String> left = new ArrayList<>(MetadataRules.finalizers(definition));
        left.remove(FINALIZER);
        if (left.isEmpty()) {
            definition.metadata().remove("finalizers");
            return;
        }
        ArrayNode finalizers = definition.metadata().putArray("finalizers");
        left.forEach(finalizers::add);
    }
}
