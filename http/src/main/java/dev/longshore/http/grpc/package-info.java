/// gRPC on unix sockets, by blocking calls: [GrpcServer] and [GrpcClient] over grpc-java and the JDK's own sockets.
package dev.longshore.http.grpc;
