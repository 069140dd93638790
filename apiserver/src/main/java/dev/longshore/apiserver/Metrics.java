package dev.longshore.apiserver;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Counts requests, for `/metrics` in the Prometheus text form.
final class Metrics {

    private final Map<String, LongAdder> requests = new ConcurrentSkipListMap<>();
    private final AtomicInteger current = new AtomicInteger();

    void began() {
        current.incrementAndGet();
    }

    void ended(RequestInfo info, int code) {
        current.decrementAndGet();
        // Names in refused requests are the clients' choice: they must not grow the map.
        boolean isServed = info.isResource() && code < 400;
        String labels = "verb=\"%s\",group=\"%s\",resource=\"%s\",subresource=\"%s\",code=\"%d\""
                .formatted(
                        isServed ? info.verb() : "",
                        isServed ? info.group() : "",
                        isServed ? info.resource() : "",
                        isServed ? info.subresource() : "",
                        code);
        requests.computeIfAbsent(labels, unseen -> new LongAdder()).increment();
    }

    String print() {
        var text = new StringBuilder();
        text.append("# HELP apiserver_request_total Requests answered.\n# TYPE apiserver_request_total counter\n");
        requests.forEach((labels, count) -> text.append("apiserver_request_total{")
                .append(labels)
                .append("} ")
                .append(count.sum())
                .append('\n'));
        text.append("# HELP apiserver_current_inflight_requests Requests being answered.\n")
                .append("# TYPE apiserver_current_inflight_requests gauge\napiserver_current_inflight_requests ")
                .append(current.get())
                .append('\n');
        return text.toString();
    }
}
