package dev.longshore.guests.operator;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.CRUDKubernetesDependentResource;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/// A website's pages, as files.
@KubernetesDependent
public class WebsitePages extends CRUDKubernetesDependentResource<ConfigMap, WebsiteV2> {

    /// For the SDK.
    public WebsitePages() {
        super(ConfigMap.class);
    }

    @Override
    protected ConfigMap desired(WebsiteV2 website, Context<WebsiteV2> context) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(website.getMetadata().getName())
                .withNamespace(website.getMetadata().getNamespace())
                .endMetadata()
                .withData(website.getSpec().pages)
                .build();
    }
}
