package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/// Gives each namespace its ServiceAccount `default`.
final class ServiceAccountController implements Reconciler {

    static final String NAME = "service-account-controller";

    private static final String ACCOUNT = "default";

    private final Informers informers;
    private final KubernetesClient client;

    private ServiceAccountController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new ServiceAccountController(context), 1, context.time());
        context.informers().onChange(Namespace.class, namespace -> loop.queue().add(Keys.of(namespace)));
        context.informers()
                .onChange(
                        ServiceAccount.class,
                        account -> loop.queue().add(account.getMetadata().getNamespace()));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String namespace) {
        boolean isActive = informers
                .find(Namespace.class, namespace)
                .filter(found -> !Keys.isBeingDeleted(found))
                .isPresent();
        if (isActive
                && informers
                        .find(ServiceAccount.class, Keys.of(namespace, ACCOUNT))
                        .isEmpty()) {
            try {
                client.resource(new ServiceAccountBuilder()
                                .withNewMetadata()
                                .withNamespace(namespace)
                                .withName(ACCOUNT)
                                .endMetadata()
                                .build())
                        .create();
            } catch (KubernetesClientException refused) {
                boolean isNeedless = Refusals.isAlreadyThere(refused) || Refusals.isOfEndingNamespace(refused);
                if (!isNeedless) {
                    throw refused;
                }
            }
        }
        return Outcome.done();
    }
}
