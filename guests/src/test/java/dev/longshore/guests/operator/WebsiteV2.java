package dev.longshore.guests.operator;

import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Map;

/// A website: pages by their names.
@Group("example.org")
@Version("v2")
@Kind("Website")
@Plural("websites")
@Singular("website")
@ShortNames("site")
public class WebsiteV2 extends CustomResource<WebsiteV2.Spec, WebsiteStatus> implements Namespaced {

    private static final long serialVersionUID = 1L;

    /// What is wanted.
    public static class Spec {
        @Required
        public Map<String, String> pages;

        @Min(0)
        @Default("1")
        @PrinterColumn
        public Integer replicas;
    }
}
