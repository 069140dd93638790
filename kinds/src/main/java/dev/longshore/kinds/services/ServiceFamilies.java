package dev.longshore.kinds.services;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.IpChecks;
import dev.longshore.kinds.kit.Trees;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// Which families of addresses a service has, and which addresses of them: `clusterIP`, `clusterIPs`, `ipFamilies`
/// and `ipFamilyPolicy` say the same thing in four ways, and must agree. This cluster has one family of service
/// addresses.
record ServiceFamilies(Checks checks, ObjectNode spec) {

    private static final String IPS = "spec.clusterIPs";
    private static final String FAMILIES = "spec.ipFamilies";
    private static final String POLICY = "spec.ipFamilyPolicy";
    private static final String FIXED = "may not change once set";

    /// True for services that have no address by intention.
    static boolean isHeadless(JsonNode spec) {
        JsonNode addresses = spec.path("clusterIPs");
        return addresses.size() == 1 && addresses.get(0).asString("").equals("None");
    }

    private static boolean isElsewhere(JsonNode spec) {
        return Trees.text(spec, "type").equals("ExternalName");
    }

    /// Fills in what a client left to the cluster, whose services are of `family`.
    static void fill(ObjectNode spec, String family, JsonNode old) {
        if (isElsewhere(spec)) {
            return;
        }
        boolean isOpen = Trees.text(spec, "clusterIP").equals("None")
                && spec.path("selector").isEmpty();
        if (!Trees.has(spec, "ipFamilyPolicy")) {
            String before = Trees.text(old, "ipFamilyPolicy");
            spec.put("ipFamilyPolicy", !before.isEmpty() ? before : isOpen ? "RequireDualStack" : "SingleStack");
        }
        boolean isSingle = Trees.text(spec, "ipFamilyPolicy").equals("SingleStack");
        if (isSingle && old.isObject()) {
            first(spec, old, "clusterIPs");
            first(spec, old, "ipFamilies");
        }
        for (String address : Trees.strings(spec, "clusterIPs")) {
            boolean isKnown = spec.path("ipFamilies").size()
                    >= Trees.strings(spec, "clusterIPs").indexOf(address) + 1;
            if (!address.equals("None") && !isKnown && of(address).equals(family)) {
                spec.withArray("ipFamilies").add(family);
            }
        }
        if (spec.path("ipFamilies").isEmpty()
                && Trees.strings(spec, "clusterIPs").stream()
                        .allMatch(
                                address -> address.equals("None") || of(address).equals(family))) {
            spec.putArray("ipFamilies").add(family);
        }
        if (isOpen && !isSingle && spec.path("ipFamilies").size() == 1) {
            // Nobody knows of which family the endpoints will be that somebody else writes.
            String one = spec.path("ipFamilies").get(0).asString("");
            spec.withArray("ipFamilies").add(one.equals("IPv4") ? "IPv6" : "IPv4");
        }
    }

    /// To want one family only is to give the second up.
    private static void first(ObjectNode spec, JsonNode old, String field) {
        if (spec.get(field) instanceof ArrayNode list && list.size() > 1 && Trees.same(spec, old, field)) {
            JsonNode kept = list.get(0);
            Defaults.array(spec, field).removeAll().add(kept);
        }
    }

    private static String of(String address) {
        return address.contains(":") ? "IPv6" : "IPv4";
    }

    /// Checks each field, and that they agree.
    void addresses() {
        if (isElsewhere(spec)) {
            return;
        }
        String single = Trees.text(spec, "clusterIP");
        List<String> all = Trees.strings(spec, "clusterIPs");
        if (single.isEmpty() && !all.isEmpty()) {
            checks.invalid(IPS, shown("clusterIPs"), "must be empty when `clusterIP` is not specified");
        } else if (!single.isEmpty() && all.isEmpty()) {
            checks.required(IPS);
        } else if (!single.isEmpty() && !all.getFirst().equals(single)) {
            checks.invalid(IPS, shown("clusterIPs"), "first value must match `clusterIP`");
        }
        families();
        checks.anyOf(POLICY, Trees.text(spec, "ipFamilyPolicy"), "PreferDualStack", "RequireDualStack", "SingleStack");
        int before = checks.count();
        each(all);
        boolean isReadable = checks.count() == before;
        if (all.size() > 2) {
            checks.invalid(IPS, shown("clusterIPs"), "may only hold up to 2 values");
        }
        if (!isReadable) {
            return;
        }
        if (all.size() > 1 && !IpChecks.isDualStack(all)) {
            checks.invalid(IPS, shown("clusterIPs"), "may specify no more than one IP for each IP family");
        }
        if (!isHeadless(spec)) {
            match(all, Trees.strings(spec, "ipFamilies"));
        }
    }

    private JsonNode shown(String field) {
        return Trees.has(spec, field) ? spec.path(field) : NullNode.getInstance();
    }

    private void families() {
        var seen = new HashSet<String>();
        List<String> families = Trees.strings(spec, "ipFamilies");
        for (int i = 0; i < families.size(); i++) {
            String at = FAMILIES + "[" + i + "]";
            if (!families.get(i).equals("IPv4") && !families.get(i).equals("IPv6")) {
                checks.unsupported(at, families.get(i), "IPv4", "IPv6");
            }
            if (!seen.add(families.get(i))) {
                checks.duplicate(at, families.get(i));
            }
        }
    }

    private void each(List<String> all) {
        for (int i = 0; i < all.size(); i++) {
            if (i == 0 && all.getFirst().equals("None")) {
                if (all.size() > 1) {
                    checks.invalid(IPS, shown("clusterIPs"), "'None' must be the first and only value");
                }
            } else {
                IpChecks.address(checks, IPS + "[" + i + "]", all.get(i));
            }
        }
    }

    private void match(List<String> all, List<String> families) {
        for (int i = 0; i < all.size() && i < families.size(); i++) {
            if (!of(all.get(i)).equals(families.get(i))) {
                checks.invalid(
                        IPS + "[" + i + "]",
                        all.get(i),
                        "expected an " + families.get(i) + " value as indicated by `ipFamilies[" + i + "]`");
            }
        }
    }

    /// Checks that this cluster, which has `family` only, can give what is wanted.
    void possible(String family) {
        if (isElsewhere(spec)) {
            return;
        }
        List<String> all = Trees.strings(spec, "clusterIPs");
        List<String> families = Trees.strings(spec, "ipFamilies");
        String policy = Trees.text(spec, "ipFamilyPolicy");
        int before = checks.count();
        if (policy.equals("SingleStack")) {
            String detail = "must be 'RequireDualStack' or 'PreferDualStack' when multiple ";
            if (all.size() == 2) {
                checks.invalid(POLICY, policy, detail + "cluster IPs are specified");
            }
            if (families.size() == 2) {
                checks.invalid(POLICY, policy, detail + "IP families are specified");
            }
        }
        for (int i = families.size(); i < all.size(); i++) {
            String own = of(all.get(i));
            if (!all.get(i).equals("None") && !own.equals(family)) {
                checks.invalid(IPS + "[" + i + "]", shown("clusterIPs"), own + " is not configured on this cluster");
            }
        }
        boolean isOpen = Trees.text(spec, "clusterIP").equals("None")
                && spec.path("selector").isEmpty();
        if (isOpen || checks.count() > before) {
            return;
        }
        if (policy.equals("RequireDualStack")) {
            checks.invalid(POLICY, policy, "this cluster is not configured for dual-stack services");
        }
        for (int i = 0; i < families.size(); i++) {
            if (!families.get(i).equals(family)) {
                checks.invalid(FAMILIES + "[" + i + "]", families.get(i), "not configured on this cluster");
            }
        }
    }

    /// Checks a change: what was given stays, unless the service gives up, or gets, a second address.
    void change(JsonNode old) {
        if (isElsewhere(spec) || isElsewhere(old)) {
            return;
        }
        boolean was = isHeadless(old);
        boolean is = isHeadless(spec);
        if (!was || !is) {
            changed("clusterIPs", old, "primary clusterIP can not be unset", "secondary clusterIP");
        }
        if (!was && !is) {
            changed("ipFamilies", old, "primary ipFamily can not be unset", "secondary ipFamily");
        }
    }

    private void changed(String field, JsonNode old, String unset, String second) {
        List<String> before = Trees.strings(old, field);
        List<String> now = Trees.strings(spec, field);
        JsonNode shown = spec.has(field) ? spec.path(field) : Json.array();
        if (before.isEmpty()) {
            return;
        }
        if (now.isEmpty()) {
            checks.invalid("spec." + field + "[0]", shown, unset);
            return;
        }
        if (before.size() == now.size()) {
            for (int i = 0; i < now.size(); i++) {
                if (!before.get(i).equals(now.get(i))) {
                    checks.invalid("spec." + field + "[" + (field.equals("ipFamilies") ? 0 : i) + "]", shown, FIXED);
                }
            }
            return;
        }
        if (!before.getFirst().equals(now.getFirst())) {
            checks.invalid("spec." + field + "[0]", shown, FIXED);
        }
        if (now.size() == 1 && !Trees.text(spec, "ipFamilyPolicy").equals("SingleStack")) {
            checks.invalid(
                    POLICY,
                    Trees.text(spec, "ipFamilyPolicy"),
                    "must be set to 'SingleStack' when releasing the " + second);
        }
    }
}
