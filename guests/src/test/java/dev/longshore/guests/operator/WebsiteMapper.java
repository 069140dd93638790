package dev.longshore.guests.operator;

import io.javaoperatorsdk.webhook.conversion.Mapper;
import io.javaoperatorsdk.webhook.conversion.TargetVersion;
import java.util.Map;

/// Between the first version, whose only page is called `index.html`, and the second.
@TargetVersion("v1")
public class WebsiteMapper implements Mapper<WebsiteV1, WebsiteV2> {

    private static final String PAGE = "index.html";

    @Override
    public WebsiteV2 toHub(WebsiteV1 old) {
        var website = new WebsiteV2();
        website.setMetadata(old.getMetadata());
        website.setStatus(old.getStatus());
        var spec = new WebsiteV2.Spec();
        spec.pages = Map.of(PAGE, old.getSpec().html);
        spec.replicas = old.getSpec().replicas;
        website.setSpec(spec);
        return website;
    }

    @Override
    public WebsiteV1 fromHub(WebsiteV2 website) {
        var old = new WebsiteV1();
        old.setMetadata(website.getMetadata());
        old.setStatus(website.getStatus());
        var spec = new WebsiteV1.Spec();
        spec.html = website.getSpec().pages.getOrDefault(PAGE, "");
        spec.replicas = website.getSpec().replicas;
        old.setSpec(spec);
        return old;
    }

    /// Nothing to do.
    @TargetVersion("v2")
    public static class Same implements Mapper<WebsiteV2, WebsiteV2> {
        @Override
        public WebsiteV2 toHub(WebsiteV2 website) {
            return website;
        }

        @Override
        public WebsiteV2 fromHub(WebsiteV2 website) {
            return website;
        }
    }
}
