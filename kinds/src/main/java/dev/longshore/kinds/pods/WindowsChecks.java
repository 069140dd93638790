package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What only Windows knows: its options in security contexts, and containers that are the host's own processes.
final class WindowsChecks {

    private static final int MAX_SPEC_KIB = 64;
    private static final int MAX_DOMAIN = 256;
    private static final int MAX_USER = 104;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final Pattern NET_BIOS = Pattern.compile("[^\\\\/:*?\"<>|.][^\\\\/:*?\"<>|]{0,14}");
    private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
    private static final Pattern DOMAIN = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
    private static final Pattern BAD_USER = Pattern.compile("[\"/\\\\:;|=,+*?<>@\\[\\]]");
    private static final Pattern DOTS_AND_SPACES = Pattern.compile("[. ]+");

    private WindowsChecks() {}

    static void options(Checks checks, String at, JsonNode options) {
        if (!options.isObject()) {
            return;
        }
        if (options.path("gmsaCredentialSpecName").isString()) {
            checks.name(
                    at + ".gmsaCredentialSpecName",
                    Trees.text(options, "gmsaCredentialSpecName"),
                    NameRule.DNS_SUBDOMAIN);
        }
        if (options.path("gmsaCredentialSpec").isString()) {
            String spec = Trees.text(options, "gmsaCredentialSpec");
            if (spec.isEmpty()) {
                checks.invalid(at + ".gmsaCredentialSpec", spec, "gmsaCredentialSpec cannot be an empty string");
            } else if (spec.length() > MAX_SPEC_KIB * 1024) {
                checks.invalid(
                        at + ".gmsaCredentialSpec",
                        spec,
                        "gmsaCredentialSpec size must be under " + MAX_SPEC_KIB + " KiB");
            }
        }
        if (options.path("runAsUserName").isString()) {
            user(checks, at + ".runAsUserName", Trees.text(options, "runAsUserName"));
        }
    }

    private static void user(Checks checks, String at, String name) {
        String[] parts = name.split("\\\\", -1);
        if (name.isEmpty()) {
            checks.invalid(at, name, "runAsUserName cannot be an empty string");
        } else if (CONTROL.matcher(name).find()) {
            checks.invalid(at, name, "runAsUserName cannot contain control characters");
        } else if (parts.length > 2) {
            checks.invalid(at, name, "runAsUserName cannot contain more than one backslash");
        } else {
            if (parts.length == 2) {
                domain(checks, at, name, parts[0]);
            }
            userPart(checks, at, name, parts[parts.length - 1]);
        }
    }

    private static void domain(Checks checks, String at, String name, String domain) {
        if (domain.length() >= MAX_DOMAIN) {
            checks.invalid(at, name, "runAsUserName's Domain length must be under " + MAX_DOMAIN + " characters");
        }
        if (!NET_BIOS.matcher(domain).matches() && !DOMAIN.matcher(domain).matches()) {
            checks.invalid(at, name, "runAsUserName's Domain doesn't match the NetBios nor the DNS format");
        }
    }

    private static void userPart(Checks checks, String at, String name, String user) {
        if (user.isEmpty()) {
            checks.invalid(at, name, "runAsUserName's User cannot be empty");
        } else if (user.length() > MAX_USER) {
            checks.invalid(at, name, "runAsUserName's User length must not be longer than " + MAX_USER + " characters");
        }
        if (DOTS_AND_SPACES.matcher(user).matches()) {
            checks.invalid(at, name, "runAsUserName's User cannot contain only periods or spaces");
        }
        if (BAD_USER.matcher(user).find()) {
            checks.invalid(
                    at, name, "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
        }
    }

    /// If one container is a process of the host's, all are, and the pod has the host's network.
    static void hostProcesses(Checks checks, String path, JsonNode spec) {
        JsonNode ofPod = Trees.at(spec, "securityContext", "windowsOptions", "hostProcess");
        int count = 0;
        int hosts = 0;
        for (String list : PodLists.ALL) {
            List<ObjectNode> containers = Trees.list(spec, list);
            for (int i = 0; i < containers.size(); i++) {
                JsonNode own = Trees.at(containers.get(i), "securityContext", "windowsOptions", "hostProcess");
                count++;
                if (ofPod.isBoolean() && own.isBoolean() && ofPod.asBoolean() != own.asBoolean()) {
                    checks.invalid(
                            path + "." + list + "[" + i + "].securityContext.windowsOptions.hostProcess",
                            own,
                            "pod hostProcess value must be identical if both are specified, was " + ofPod.asBoolean());
                }
                hosts += (own.isBoolean() ? own : ofPod).asBoolean(false) ? 1 : 0;
            }
        }
        if (hosts == 0) {
            return;
        }
        if (hosts != count) {
            checks.invalid(
                    path,
                    "",
                    "If pod contains any hostProcess containers then all containers must be HostProcess containers");
        }
        if (!Trees.flag(spec, "hostNetwork")) {
            checks.invalid(
                    path + ".hostNetwork",
                    tools.jackson.databind.node.BooleanNode.FALSE,
                    "hostNetwork must be true if pod contains any hostProcess containers");
        }
    }
}
