package dev.longshore.kinds.kit;

import dev.longshore.model.NameRule;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Where webhooks are called: by URL, or a service of the cluster.
public final class WebhookChecks {

    private static final String FORM = "; desired format: https://host[/path]";

    private WebhookChecks() {}

    /// Checks the client configuration at `path`: one of both ways.
    public static void client(Checks checks, String path, JsonNode client) {
        boolean hasUrl = Trees.has(client, "url");
        boolean hasService = Trees.has(client, "service");
        if (hasUrl == hasService) {
            checks.required(path, "exactly one of url or service is required");
        } else if (hasUrl) {
            url(checks, path + ".url", Trees.text(client, "url"));
        } else {
            service(checks, path + ".service", client.path("service"));
        }
    }

    private static void url(Checks checks, String path, String text) {
        GoUrl url;
        try {
            url = GoUrl.parse(text);
        } catch (GoUrl.Malformed malformed) {
            checks.required(path, "url must be a valid URL: " + malformed.getMessage() + FORM);
            return;
        }
        if (!url.scheme().equals("https")) {
            checks.invalid(path, url.scheme(), "'https' is the only allowed URL scheme" + FORM);
        }
        if (url.host().isEmpty()) {
            checks.invalid(path, "", "host must be specified" + FORM);
        }
        url.user().ifPresent(user -> checks.invalid(path, user, "user information is not permitted in the URL"));
        if (!url.fragment().isEmpty()) {
            checks.invalid(path, url.fragment(), "fragments are not permitted in the URL");
        }
        if (!url.query().isEmpty()) {
            checks.invalid(path, url.query(), "query parameters are not permitted in the URL");
        }
    }

    private static void service(Checks checks, String path, JsonNode service) {
        if (Trees.text(service, "name").isEmpty()) {
            checks.required(path + ".name", "service name is required");
        }
        if (Trees.text(service, "namespace").isEmpty()) {
            checks.required(path + ".namespace", "service namespace is required");
        }
        long port = Trees.number(service, 0, "port");
        if (port < 1 || port > 65535) {
            checks.invalid(path + ".port", port, "port is not valid: must be between 1 and 65535, inclusive");
        }
        path(checks, path + ".path", Trees.text(service, "path"));
    }

    private static void path(Checks checks, String at, String path) {
        if (path.isEmpty() || path.equals("/")) {
            return;
        }
        if (path.equals("//")) {
            checks.invalid(at, path, "segment[0] may not be empty");
            return;
        }
        if (!path.startsWith("/")) {
            checks.invalid(at, path, "must start with a '/'");
        }
        String steps = path.substring(1);
        if (steps.endsWith("/")) {
            steps = steps.substring(0, steps.length() - 1);
        }
        int index = 0;
        for (String step : steps.split("/", -1)) {
            String name = "segment[" + index++ + "]";
            if (step.isEmpty()) {
                checks.invalid(at, path, name + " may not be empty");
                continue;
            }
            List<String> faults = NameRule.DNS_SUBDOMAIN.check(step);
            faults.forEach(fault -> checks.invalid(at, path, name + ": " + fault));
        }
    }
}
