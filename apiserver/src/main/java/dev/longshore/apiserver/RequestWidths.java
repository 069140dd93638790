package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.model.GroupResource;
import java.util.Optional;
import java.util.function.Function;

/// Estimates how many seats a request needs: one for each 100 kB of objects that a list has in its hands at
/// once, as Kubernetes 1.36 does. All other requests need one.
final class RequestWidths {

    private static final int WIDEST = 100;
    private static final double BYTES_PER_SEAT = 100_000;
    /// What a list that is sent while it is read has in its hands, however long it is.
    private static final double STREAMED = 1_000_000;

    private final Function<GroupResource, Optional<Stock>> stocks;

    RequestWidths(Function<GroupResource, Optional<Stock>> stocks) {
        this.stocks = stocks;
    }

    /// How many objects of a resource there are, and how large they are on average.
    record Stock(long count, long averageSize) {}

    int of(Request request, RequestInfo info, int widestHere) {
        boolean isInitialized = info.verb().equals("watch") && request.query().isSet("sendInitialEvents");
        if (!info.isResource() || !info.verb().equals("list") && !isInitialized) {
            return 1;
        }
        int widest = Math.min(WIDEST, widestHere);
        return stocks.apply(info.groupResource())
                .map(stock -> Math.clamp((long) Math.ceil(bytes(request, info, stock) / BYTES_PER_SEAT), 1, widest))
                .orElse(1);
    }

    private static double bytes(Request request, RequestInfo info, Stock stock) {
        if (!info.authorizedName().isEmpty()) {
            return stock.averageSize;
        }
        long asked = limit(request);
        long objects = asked > 0 ? Math.min(asked, stock.count) : stock.count;
        boolean isSelective = request.query().first("labelSelector").isPresent()
                || request.query().first("fieldSelector").isPresent();
        boolean isFromStore = asked > 0
                && !request.query().first("resourceVersion").orElse("").equals("0");
        if (isFromStore && isSelective) {
            objects = Math.max(objects, stock.count / 2);
        }
        double bytes = (double) objects * stock.averageSize;
        return isFromStore ? bytes : Math.min(bytes, STREAMED);
    }

    /// 0 if there is none, or none that can be read: the list itself will complain.
    private static long limit(Request request) {
        try {
            return Long.parseLong(request.query().first("limit").orElse("0"));
        } catch (NumberFormatException unreadable) {
            return 0;
        }
    }
}
