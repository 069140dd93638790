package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// An API server with a webhook beside it, and short ways to configure and to ask.
final class HookedApi implements AutoCloseable {

    static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/";

    final AdmissionHook hook;
    final WholeApi api = new WholeApi("");
    private final List<String> configured = new ArrayList<>();
    private int markers;

    HookedApi() throws IOException {
        hook = new AdmissionHook();
        hook.on("/marker", (asked, response) -> response.put("allowed", false));
    }

    /// A webhook that is asked about everything that is done with configmaps; `more` fields come last and win.
    String webhook(String name, String path, String... more) {
        var text = new StringBuilder("{'name':'" + name + "','clientConfig':" + hook.client(path)
                + ",'sideEffects':'None','admissionReviewVersions':['v1']");
        boolean hasRules = String.join("", more).contains("'rules'");
        if (!hasRules) {
            text.append(",").append(rules("*", "", "v1", "configmaps"));
        }
        if (!String.join("", more).contains("'objectSelector'")) {
            text.append(",'objectSelector':{'matchExpressions':[{'key':'marker','operator':'DoesNotExist'}]}");
        }
        for (String field : more) {
            text.append(",").append(field);
        }
        return text.append("}").toString();
    }

    static String rules(String operation, String group, String version, String resource) {
        return "'rules':[{'operations':['%s'],'apiGroups':['%s'],'apiVersions':['%s'],'resources':['%s']}]"
                .formatted(operation, group, version, resource);
    }

    void mutating(String name, String... webhooks) {
        configure("MutatingWebhookConfiguration", "mutatingwebhookconfigurations", name, webhooks);
    }

    void validating(String name, String... webhooks) {
        configure("ValidatingWebhookConfiguration", "validatingwebhookconfigurations", name, webhooks);
    }

    /// Comes back when the configuration is known: a marker in it has been asked, about what no other webhook is.
    private void configure(String kind, String plural, String name, String... webhooks) {
        String marker = "marker-" + markers++;
        String all = String.join(",", webhooks)
                + ","
                + webhook(
                        marker + ".example.com",
                        "/marker",
                        "'objectSelector':{'matchLabels':{'marker':'" + marker + "'}}");
        String body = "{'apiVersion':'admissionregistration.k8s.io/v1','kind':'" + kind + "','metadata':{'name':'"
                + name + "'},'webhooks':[" + all + "]}";
        var answer = api.send("POST", CONFIGURATIONS + plural, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        configured.add(plural + "/" + name);
        await().until(() -> make(marker, "?dryRun=All", "'marker':'" + marker + "'")
                .message()
                .contains("marker"));
        hook.forget();
    }

    RealApi.Answer make(String name, String query) {
        return make(name, query, "");
    }

    private RealApi.Answer make(String name, String query, String labels) {
        return api.send(
                "POST",
                MAPS + query,
                "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'" + name + "','labels':{" + labels
                        + "}},'data':{'a':'b'}}");
    }

    /// Takes all configurations away again.
    void clear() {
        configured.forEach(each -> api.send("DELETE", CONFIGURATIONS + each, ""));
        configured.clear();
        hook.forget();
    }

    @Override
    public void close() {
        api.close();
        hook.close();
    }
}
