package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private static final String WIDGET = "{'apiVersion':'v1','kind':'Widget','metadata':{'name':'%s'},'spec':{}}";

    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void requestsAreCountedByWhatTheyAreAbout() {
        desk.post("/api/v1/namespaces/a/widgets", WIDGET.formatted("one"));
        desk.post("/api/v1/namespaces/a/widgets?dryRun=All", WIDGET.formatted("two"));
        desk.get("/api/v1/namespaces/a/widgets");
        desk.get("/api/v1/namespaces/a/widgets/none");
        desk.get("/readyz");

        String metrics = desk.get("/metrics").text();

        assertThat(metrics)
                .contains(total("201", "", "", "widgets", "resource", "", "POST", "v1"))
                .contains(total("201", "All", "", "widgets", "resource", "", "POST", "v1"))
                .contains(total("200", "", "", "widgets", "namespace", "", "LIST", "v1"))
                .contains(total("404", "", "", "widgets", "resource", "", "GET", "v1"))
                .contains(total("200", "", "", "", "", "/readyz", "GET", ""))
                .contains("apiserver_storage_objects{resource=\"widgets\"} 1\n")
                .contains("apiserver_storage_objects{resource=\"gadgets.example.com\"} 0\n")
                .contains("apiserver_current_inflight_requests{request_kind=\"readOnly\"} 1\n")
                .contains("process_start_time_seconds ", "process_resident_memory_bytes ");
    }

    @Test
    void answersAreTimedAndMeasured() {
        desk.get("/api/v1/namespaces/a/widgets");

        assertThat(desk.get("/metrics").text())
                .contains("apiserver_request_duration_seconds_bucket{"
                        + labels("", "", "widgets", "namespace", "", "LIST", "v1") + ",le=\"0.005\"} 1\n")
                .contains("apiserver_request_duration_seconds_count{"
                        + labels("", "", "widgets", "namespace", "", "LIST", "v1") + "} 1\n")
                .contains("apiserver_response_sizes_bucket{" + labels("", "", "widgets", "namespace", "", "LIST", "v1")
                        + ",le=\"+Inf\"} 1\n");
    }

    @Test
    void whatClientsInventMakesNoNewSeries() {
        desk.get("/api/v1/things");
        desk.get("/api/v1/namespaces/a/widgets/b/invented");
        desk.get("/invented");
        desk.send("INVENT", "/api/v1/widgets", dev.longshore.http.Headers.EMPTY, "");

        String metrics = desk.get("/metrics").text();

        assertThat(metrics).doesNotContainIgnoringCase("invent").doesNotContain("things");
        assertThat(metrics).contains("verb=\"OTHER\"");
    }

    @Test
    void theFormIsThatOfPrometheus() {
        var answer = desk.get("/metrics");

        assertThat(answer.headers().first("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.text().lines())
                .allMatch(line -> line.matches("# (HELP|TYPE) [a-z_:]+ .+|[a-zA-Z_:]+(\\{.*})? [-+0-9.eEInf]+"));
    }

    private static String total(
            String code,
            String dryRun,
            String group,
            String resource,
            String scope,
            String subresource,
            String verb,
            String version) {
        return "apiserver_request_total{code=\"" + code + "\","
                + labels(dryRun, group, resource, scope, subresource, verb, version) + "} 1\n";
    }

    private static String labels(
            String dryRun,
            String group,
            String resource,
            String scope,
            String subresource,
            String verb,
            String version) {
        return "component=\"apiserver\",dry_run=\"%s\",group=\"%s\",resource=\"%s\",scope=\"%s\",subresource=\"%s\",verb=\"%s\",version=\"%s\""
                .formatted(dryRun, group, resource, scope, subresource, verb, version);
    }
}
