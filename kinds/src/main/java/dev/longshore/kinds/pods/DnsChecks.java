package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.IpChecks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What a pod may say of names: its own, and how it looks others up.
record DnsChecks(Checks checks, String path) {

    private static final int MAX_SERVERS = 3;
    private static final int MAX_PATHS = 32;
    private static final int MAX_CHARACTERS = 2048;
    private static final int MAX_HOST_NAME = 64;
    private static final int MAX_SUBDOMAIN = 253;
    private static final String LABEL = "[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?";
    private static final String SEARCH_FORMAT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*";
    private static final Pattern SEARCH = Pattern.compile(LABEL + "(\\." + LABEL + ")*");

    void policy(JsonNode spec) {
        checks.requiredAnyOf(
                path + ".dnsPolicy",
                Trees.text(spec, "dnsPolicy"),
                "ClusterFirstWithHostNet",
                "ClusterFirst",
                "Default",
                "None");
    }

    void config(JsonNode spec) {
        String at = path + ".dnsConfig";
        JsonNode config = spec.path("dnsConfig");
        List<String> servers = Trees.strings(config, "nameservers");
        if (Trees.text(spec, "dnsPolicy").equals("None")) {
            if (!config.isObject()) {
                checks.required(at, "must provide `dnsConfig` when `dnsPolicy` is None");
                return;
            }
            if (servers.isEmpty()) {
                checks.required(
                        at + ".nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None");
                return;
            }
        }
        if (servers.size() > MAX_SERVERS) {
            checks.invalid(at + ".nameservers", config.path("nameservers"), "must not have more than 3 nameservers");
        }
        for (int i = 0; i < servers.size(); i++) {
            IpChecks.address(checks, at + ".nameservers[" + i + "]", servers.get(i));
        }
        searches(at + ".searches", config);
        Trees.each(config, at, "options", (option, tree) -> {
            if (Trees.text(tree, "name").isEmpty()) {
                checks.required(option, "must not be empty");
            }
        });
    }

    private void searches(String at, JsonNode config) {
        List<String> searches = Trees.strings(config, "searches");
        if (searches.size() > MAX_PATHS) {
            checks.invalid(at, config.path("searches"), "must not have more than 32 search paths");
        }
        if (String.join(" ", searches).length() > MAX_CHARACTERS) {
            checks.invalid(
                    at,
                    config.path("searches"),
                    "must not have more than 2048 characters (including spaces) in the search list");
        }
        for (int i = 0; i < searches.size(); i++) {
            String search = searches.get(i);
            if (!search.equals(".")) {
                search(at + "[" + i + "]", search.endsWith(".") ? search.substring(0, search.length() - 1) : search);
            }
        }
    }

    private void search(String at, String search) {
        if (search.length() > MAX_SUBDOMAIN) {
            checks.invalid(at, search, "must be no more than 253 bytes");
        }
        if (!SEARCH.matcher(search).matches()) {
            checks.invalid(
                    at,
                    search,
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-', '_' or"
                            + " '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex"
                            + " used for validation is '" + SEARCH_FORMAT + "')");
        }
    }

    /// Checks the pod's own name among hosts.
    void hostName(JsonNode spec) {
        for (String field : List.of("hostname", "subdomain")) {
            String name = Trees.text(spec, field);
            if (!name.isEmpty()) {
                checks.name(path + "." + field, name, NameRule.DNS_LABEL);
            }
        }
    }

    /// Checks the name that stands for the pod's own on its host.
    void override(JsonNode spec) {
        if (!Trees.has(spec, "hostnameOverride")) {
            return;
        }
        String at = path + ".hostnameOverride";
        String name = Trees.text(spec, "hostnameOverride");
        if (Trees.flag(spec, "setHostnameAsFQDN")) {
            checks.forbidden(at, "may not be specified when setHostnameAsFQDN is true");
        }
        if (Trees.flag(spec, "hostNetwork")) {
            checks.forbidden(at, "may not be specified when hostNetwork is true");
        }
        checks.tooLong(at, name, MAX_HOST_NAME);
        checks.name(at, name, NameRule.DNS_SUBDOMAIN);
    }

    /// Checks names that the pod alone knows.
    void aliases(JsonNode spec) {
        Trees.each(spec, path, "hostAliases", (at, alias) -> {
            IpChecks.address(checks, at + ".ip", Trees.text(alias, "ip"));
            List<String> names = Trees.strings(alias, "hostnames");
            for (int i = 0; i < names.size(); i++) {
                checks.name(at + ".hostnames[" + i + "]", names.get(i), NameRule.DNS_SUBDOMAIN);
            }
        });
    }
}
