package dev.longshore.store.grpc;

import dev.longshore.http.grpc.Conversation;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.grpc.proto.WatchRequest;
import dev.longshore.store.grpc.proto.WatchResponse;
import java.time.Duration;
import java.util.Optional;

/// `etcdserverpb.Watch`.
///
/// @param silence after which a watch that asks for it hears how far it is
record WatchCalls(EmbeddedStore store, EtcdMember member, WatchPump pump, Duration silence) {

    private static final String NAME = "etcdserverpb.Watch";

    static final GrpcMethod<WatchRequest, WatchResponse> WATCH =
            GrpcMethod.bothMany(NAME + "/Watch", WatchRequest.getDefaultInstance(), WatchResponse.getDefaultInstance());

    GrpcService service() {
        return new GrpcService(NAME).conversation(WATCH, this::watch);
    }

    private void watch(Conversation<WatchRequest, WatchResponse> talk) throws InterruptedException {
        try (var stream = new WatchStream(store, member, pump, silence, talk)) {
            for (Optional<WatchRequest> next = talk.receive(); next.isPresent(); next = talk.receive()) {
                WatchRequest request = next.get();
                switch (request.getRequestUnionCase()) {
                    case CREATE_REQUEST -> stream.create(request.getCreateRequest());
                    case CANCEL_REQUEST ->
                        stream.cancel(request.getCancelRequest().getWatchId());
                    case PROGRESS_REQUEST -> stream.tellProgress();
                    case REQUESTUNION_NOT_SET -> {}
                }
            }
        }
    }
}
