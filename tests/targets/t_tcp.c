/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * t_tcp.c - a connection to itself: listens at a port of 127.0.0.1, connects, accepts, and sends "ping"
 * one way and "pong" the other. Prints the ports of server and client.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in server = { .sin_family = AF_INET }, peer;
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), fd;
	socklen_t len = sizeof(server);
	char text[8];

	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&server, sizeof(server)) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&server, &len) ||
	    connect(client, (struct sockaddr *)&server, sizeof(server)))
		return 1;
	len = sizeof(peer);
	fd = accept(listener, (struct sockaddr *)&peer, &len);
	if (fd < 0 || write(client, "ping", 4) != 4 || read(fd, text, sizeof(text)) != 4 ||
	    send(fd, "pong", 4, 0) != 4 || recv(client, text, sizeof(text), 0) != 4)
		return 1;
	printf("%d %d\n", ntohs(server.sin_port), ntohs(peer.sin_port));
	return 0;
}
