package dev.longshore.guests.operator;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/// A website as it was first: one page.
@Group("example.org")
@Version(value = "v1", storage = false)
@Kind("Website")
@Plural("websites")
@Singular("website")
public class WebsiteV1 extends CustomResource<WebsiteV1.Spec, WebsiteStatus> implements Namespaced {

    private static final long serialVersionUID = 1L;

    /// What is wanted.
    public static class Spec {
        public String html;
        public Integer replicas;
    }
}
