package dev.longshore.guests.operator;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.Workflow;
import io.javaoperatorsdk.operator.api.reconciler.dependent.Dependent;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/// An operator as people write them: two dependents, a status, something to do before the end.
@Workflow(dependents = {@Dependent(type = WebsitePages.class), @Dependent(type = WebsiteServers.class)})
@ControllerConfiguration(name = "websites")
public class WebsiteReconciler implements Reconciler<WebsiteV2>, Cleaner<WebsiteV2> {

    private final List<String> cleaned = new CopyOnWriteArrayList<>();
    private final List<String> reconciled = new CopyOnWriteArrayList<>();

    @Override
    public UpdateControl<WebsiteV2> reconcile(WebsiteV2 website, Context<WebsiteV2> context) {
        reconciled.add(website.getMetadata().getName());
        int available = context.getSecondaryResource(Deployment.class)
                .map(Deployment::getStatus)
                .map(status -> Objects.requireNonNullElse(status.getAvailableReplicas(), 0))
                .orElse(0);
        var told = new WebsiteV2();
        told.setMetadata(new ObjectMetaBuilder()
                .withName(website.getMetadata().getName())
                .withNamespace(website.getMetadata().getNamespace())
                .build());
        var status = new WebsiteStatus();
        status.availableReplicas = available;
        status.ready = available == website.getSpec().replicas;
        told.setStatus(status);
        return UpdateControl.patchStatus(told);
    }

    @Override
    public DeleteControl cleanup(WebsiteV2 website, Context<WebsiteV2> context) {
        cleaned.add(website.getMetadata().getName());
        return DeleteControl.defaultDelete();
    }

    /// The names of those it has cleaned up after.
    List<String> cleaned() {
        return List.copyOf(cleaned);
    }

    /// The names of those it has looked at.
    List<String> reconciled() {
        return List.copyOf(reconciled);
    }
}
