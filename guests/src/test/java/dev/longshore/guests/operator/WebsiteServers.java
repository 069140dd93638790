package dev.longshore.guests.operator;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.CRUDKubernetesDependentResource;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;
import java.util.Map;

/// What serves a website's pages.
@KubernetesDependent
public class WebsiteServers extends CRUDKubernetesDependentResource<Deployment, WebsiteV2> {

    /// For the SDK.
    public WebsiteServers() {
        super(Deployment.class);
    }

    @Override
    protected Deployment desired(WebsiteV2 website, Context<WebsiteV2> context) {
        String name = website.getMetadata().getName();
        Map<String, String> labels = Map.of("website", name);
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(website.getMetadata().getNamespace())
                .endMetadata()
                .withNewSpec()
                .withReplicas(website.getSpec().replicas)
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("web")
                .withImage("example.test/nginx:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }
}
