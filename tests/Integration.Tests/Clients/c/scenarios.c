// Runs one scenario with the C client (libnats) against the server at a URL, and prints its result as one line of JSON:
//   scenarios SCENARIO nats://127.0.0.1:4222 [what the scenario needs to know...]
// A scenario that needs something done to the server prints a line "> stop" or "> start" and waits for an answer line.
// Build: gcc -o scenarios scenarios.c -lnats

#include <nats/nats.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECONDS(n) ((n) * 1000)
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

// Ends the program when a call fails: the test then shows what the library said.
static void check(natsStatus status, const char *call, int line)
{
    if (status == NATS_OK)
        return;
    fprintf(stderr, "line %d: %s: %s\n", line, call, natsStatus_GetText(status));
    nats_PrintLastErrorStack(stderr);
    exit(1);
}
#define TRY(call) check((call), #call, __LINE__)

static const char *url;

static natsConnection *connect_to_server(void)
{
    natsConnection *connection = NULL;
    TRY(natsConnection_ConnectTo(&connection, url));
    return connection;
}

static natsSubscription *subscribe(natsConnection *connection, const char *subject)
{
    natsSubscription *subscription = NULL;
    TRY(natsConnection_SubscribeSync(&subscription, connection, subject));
    TRY(natsSubscription_SetPendingLimits(subscription, -1, -1));
    return subscription;
}

static natsMsg *next(natsSubscription *subscription)
{
    natsMsg *message = NULL;
    TRY(natsSubscription_NextMsg(&message, subscription, SECONDS(20)));
    return message;
}

// Takes what has arrived and counts it; the connection was flushed before, so nothing more is on its way.
static int count_arrived(natsSubscription *subscription)
{
    int count = 0;
    natsMsg *message = NULL;
    while (natsSubscription_NextMsg(&message, subscription, 1) == NATS_OK)
    {
        count++;
        natsMsg_Destroy(message);
    }
    return count;
}

static void ask(const char *command)
{
    char answer[16];
    printf("> %s\n", command);
    if (fgets(answer, sizeof answer, stdin) == NULL)
        exit(1);
}

// A flag that a callback of the library sets and a scenario waits for.
typedef struct
{
    volatile bool is_set;
} event;

static void set_event(natsConnection *connection, void *closure)
{
    ((event *)closure)->is_set = true;
}

static void wait_for(const event *event)
{
    for (int waited = 0; !event->is_set; waited += 10)
    {
        if (waited > SECONDS(30))
            check(NATS_TIMEOUT, "wait_for", __LINE__);
        nats_Sleep(10);
    }
}

static char **values;

// login NAME… : connects with what the values say and says what came back of a message to itself.
static void login(void)
{
    natsOptions *options = NULL;
    natsConnection *connection = NULL;
    TRY(natsOptions_Create(&options));
    TRY(natsOptions_SetURL(options, url));
    if (strcmp(values[0], "password") == 0)
        TRY(natsOptions_SetUserInfo(options, values[1], values[2]));
    else if (strcmp(values[0], "token") == 0)
        TRY(natsOptions_SetToken(options, values[1]));
    else if (strcmp(values[0], "creds") == 0)
        TRY(natsOptions_SetUserCredentialsFromFiles(options, values[1], NULL));
    else
    {
        TRY(natsOptions_SetSecure(options, true));
        TRY(natsOptions_LoadCATrustedCertificates(options, values[1]));
        if (strcmp(values[0], "mutual-tls") == 0)
            TRY(natsOptions_LoadCertificatesChain(options, values[2], values[3]));
    }

    natsStatus status = natsConnection_Connect(&connection, options);
    if (status != NATS_OK)
    {
        printf("{\"refused\":\"%s\"}\n", natsStatus_GetText(status));
        return;
    }

    natsSubscription *subscription = subscribe(connection, "mine.login");
    TRY(natsConnection_PublishString(connection, "mine.login", "hello"));
    printf("{\"received\":\"%s\"}\n", natsMsg_GetData(next(subscription)));
}

static void publish_subscribe(void)
{
    natsConnection *subscriber = connect_to_server(), *publisher = connect_to_server();
    natsSubscription *exact = subscribe(subscriber, "greetings.en"), *wildcard = subscribe(subscriber, "greetings.*");
    TRY(natsConnection_Flush(subscriber));

    TRY(natsConnection_PublishString(publisher, "greetings.en", "hello"));
    TRY(natsConnection_PublishString(publisher, "greetings.de", "hallo"));
    TRY(natsConnection_PublishString(publisher, "greetings", "none"));
    TRY(natsConnection_PublishString(publisher, "greetings.en", ""));

    natsMsg *first = next(exact), *empty = next(exact), *same = next(wildcard), *other = next(wildcard);
    printf("{\"exact\":[\"%s\",\"%s\"],\"wildcard\":[\"%s\",\"%s\"],\"subject\":\"%s\"}\n", natsMsg_GetData(first),
           natsMsg_GetData(empty), natsMsg_GetData(same), natsMsg_GetData(other), natsMsg_GetSubject(other));
}

static void queue_group(void)
{
    natsConnection *publisher = connect_to_server(), *members[3];
    natsSubscription *shares[3];
    for (int i = 0; i < 3; i++)
    {
        members[i] = connect_to_server();
        TRY(natsConnection_QueueSubscribeSync(&shares[i], members[i], "jobs", "workers"));
        TRY(natsConnection_Flush(members[i]));
    }

    for (int job = 0; job < 300; job++)
        TRY(natsConnection_PublishString(publisher, "jobs", "job"));
    TRY(natsConnection_Flush(publisher));

    int delivered = 0, idle = 0;
    for (int i = 0; i < 3; i++)
    {
        TRY(natsConnection_Flush(members[i]));
        int share = count_arrived(shares[i]);
        delivered += share;
        idle += share == 0;
    }
    printf("{\"delivered\":%d,\"idleMembers\":%d}\n", delivered, idle);
}

static void reply_twice_the_number(natsConnection *connection, natsSubscription *subscription, natsMsg *request, void *closure)
{
    char text[32];
    snprintf(text, sizeof text, "%d", 2 * atoi(natsMsg_GetData(request)));
    natsConnection_PublishString(connection, natsMsg_GetReply(request), text);
    natsMsg_Destroy(request);
}

static void request_reply(void)
{
    natsConnection *service = connect_to_server(), *client = connect_to_server();
    natsSubscription *subscription = NULL;
    natsMsg *first = NULL, *second = NULL;
    TRY(natsConnection_Subscribe(&subscription, service, "double", reply_twice_the_number, NULL));
    TRY(natsConnection_Flush(service));

    TRY(natsConnection_RequestString(&first, client, "double", "1", SECONDS(20)));
    TRY(natsConnection_RequestString(&second, client, "double", "21", SECONDS(20)));

    printf("{\"replies\":[\"%s\",\"%s\"]}\n", natsMsg_GetData(first), natsMsg_GetData(second));
}

static void no_responders(void)
{
    natsConnection *client = connect_to_server();
    natsMsg *reply = NULL, *notice = NULL;
    natsSubscription *inbox = subscribe(client, "my.inbox");

    natsStatus status = natsConnection_RequestString(&reply, client, "nobody.home", "", SECONDS(20));
    TRY(natsConnection_PublishRequestString(client, "nobody.home", "my.inbox", ""));
    natsStatus direct = natsSubscription_NextMsg(&notice, inbox, SECONDS(20));

    printf("{\"request\":\"%s\",\"inbox\":\"%s\"}\n", natsStatus_GetText(status), natsStatus_GetText(direct));
}

static void headers(void)
{
    natsConnection *connection = connect_to_server();
    natsSubscription *subscription = subscribe(connection, "letters");
    natsMsg *letter = NULL;
    TRY(natsMsg_Create(&letter, "letters", NULL, "body", 4));
    TRY(natsMsgHeader_Add(letter, "Via", "Paris"));
    TRY(natsMsgHeader_Add(letter, "Via", "Rome"));
    TRY(natsMsgHeader_Set(letter, "X-Colon", "a: b"));

    TRY(natsConnection_PublishMsg(connection, letter));

    natsMsg *received = next(subscription);
    const char **via = NULL, *colon = NULL;
    int count = 0;
    TRY(natsMsgHeader_Values(received, "Via", &via, &count));
    TRY(natsMsgHeader_Get(received, "X-Colon", &colon));
    printf("{\"supported\":%s,\"via\":[\"%s\",\"%s\"],\"count\":%d,\"colon\":\"%s\",\"body\":\"%s\"}\n",
           natsConnection_HasHeaderSupport(connection) == NATS_OK ? "true" : "false", via[0], via[1], count, colon, natsMsg_GetData(received));
}

static void count_message(natsConnection *connection, natsSubscription *subscription, natsMsg *message, void *closure)
{
    ++*(volatile int *)closure;
    natsMsg_Destroy(message);
}

static void drain(void)
{
    event closed = {0};
    volatile int drained = 0, stayed = 0;
    natsOptions *options = NULL;
    natsConnection *connection = NULL, *publisher = connect_to_server();
    natsSubscription *leaving = NULL, *staying = NULL;
    TRY(natsOptions_Create(&options));
    TRY(natsOptions_SetURL(options, url));
    TRY(natsOptions_SetClosedCB(options, set_event, &closed));
    TRY(natsConnection_Connect(&connection, options));
    TRY(natsConnection_Subscribe(&leaving, connection, "work", count_message, (void *)&drained));
    TRY(natsConnection_Subscribe(&staying, connection, "work", count_message, (void *)&stayed));
    TRY(natsConnection_Flush(connection));

    for (int number = 0; number < 1000; number++)
        TRY(natsConnection_PublishString(publisher, "work", "item"));
    TRY(natsConnection_Flush(publisher));
    TRY(natsSubscription_Drain(leaving));
    TRY(natsSubscription_WaitForDrainCompletion(leaving, SECONDS(20)));
    TRY(natsConnection_PublishString(publisher, "work", "last"));
    TRY(natsConnection_Flush(publisher));
    TRY(natsConnection_Drain(connection));
    wait_for(&closed);

    printf("{\"drained\":%d,\"stayed\":%d,\"closed\":%s}\n", drained, stayed, natsConnection_IsClosed(connection) ? "true" : "false");
}

static void reconnect(void)
{
    event lost = {0}, back = {0};
    natsOptions *options = NULL;
    natsConnection *connection = NULL;
    TRY(natsOptions_Create(&options));
    TRY(natsOptions_SetURL(options, url));
    TRY(natsOptions_SetMaxReconnect(options, -1));
    TRY(natsOptions_SetReconnectWait(options, 50));
    TRY(natsOptions_SetReconnectJitter(options, 0, 0));
    TRY(natsOptions_SetDisconnectedCB(options, set_event, &lost));
    TRY(natsOptions_SetReconnectedCB(options, set_event, &back));
    TRY(natsConnection_Connect(&connection, options));
    natsSubscription *subscription = subscribe(connection, "news.*");
    TRY(natsConnection_PublishString(connection, "news.before", "before"));
    natsMsg *before = next(subscription);

    ask("stop");
    wait_for(&lost);
    TRY(natsConnection_PublishString(connection, "news.meanwhile", "meanwhile")); // kept by the client until it is back
    ask("start");
    wait_for(&back);
    TRY(natsConnection_PublishString(connection, "news.after", "after"));

    natsMsg *meanwhile = next(subscription), *after = next(subscription);
    printf("{\"received\":[\"%s\",\"%s\",\"%s\"]}\n", natsMsg_GetData(before), natsMsg_GetData(meanwhile), natsMsg_GetData(after));
}

static void large_payload(void)
{
    natsConnection *connection = connect_to_server();
    natsSubscription *subscription = subscribe(connection, "large");
    int size = (int)natsConnection_GetMaxPayload(connection);
    char *payload = malloc(size + 1);
    for (int i = 0; i <= size; i++)
        payload[i] = (char)(i * 31 + i / 251);

    int intact = 0;
    for (int copy = 0; copy < 5; copy++)
        TRY(natsConnection_Publish(connection, "large", payload, size));
    for (int copy = 0; copy < 5; copy++)
    {
        natsMsg *received = next(subscription);
        intact += natsMsg_GetDataLength(received) == size && memcmp(natsMsg_GetData(received), payload, size) == 0;
        natsMsg_Destroy(received);
    }
    natsStatus refused = natsConnection_Publish(connection, "large", payload, size + 1);

    printf("{\"size\":%d,\"intact\":%d,\"oneByteMore\":\"%s\"}\n", size, intact, natsStatus_GetText(refused));
}

static void auto_unsubscribe(void)
{
    natsConnection *connection = connect_to_server();
    natsSubscription *limited = subscribe(connection, "ticks");
    TRY(natsSubscription_AutoUnsubscribe(limited, 3));

    for (int tick = 0; tick < 10; tick++)
        TRY(natsConnection_PublishString(connection, "ticks", "tick"));
    TRY(natsConnection_Flush(connection));

    int received = 0;
    natsStatus status;
    natsMsg *message = NULL;
    while ((status = natsSubscription_NextMsg(&message, limited, SECONDS(20))) == NATS_OK)
        received++;
    printf("{\"received\":%d,\"then\":\"%s\"}\n", received, natsStatus_GetText(status));
}

static void round_trip(void)
{
    natsConnection *connection = connect_to_server();
    int64_t nanoseconds = 0;
    uint64_t id = 0;
    char *address = NULL, server_id[64];
    TRY(natsConnection_Flush(connection));
    TRY(natsConnection_GetRTT(connection, &nanoseconds));
    TRY(natsConnection_GetClientID(connection, &id));
    TRY(natsConnection_GetClientIP(connection, &address));
    TRY(natsConnection_GetConnectedServerId(connection, server_id, sizeof server_id));
    printf("{\"measured\":%s,\"hasId\":%s,\"address\":\"%s\",\"serverIdLength\":%zu}\n", nanoseconds > 0 ? "true" : "false",
           id > 0 ? "true" : "false", address, strlen(server_id));
}

static const struct
{
    const char *name;
    void (*run)(void);
} scenarios[] = {
    {"publish-subscribe", publish_subscribe}, {"queue-group", queue_group},     {"request-reply", request_reply},
    {"no-responders", no_responders},         {"headers", headers},             {"drain", drain},
    {"reconnect", reconnect},                 {"large-payload", large_payload}, {"auto-unsubscribe", auto_unsubscribe},
    {"round-trip", round_trip},               {"login", login},
};

int main(int argc, char **argv)
{
    if (argc < 3)
    {
        fprintf(stderr, "usage: %s SCENARIO URL [VALUE...]\n", argv[0]);
        return 2;
    }

    url = argv[2];
    values = argv + 3;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < COUNT(scenarios); i++)
    {
        if (strcmp(scenarios[i].name, argv[1]) == 0)
        {
            scenarios[i].run();
            fflush(stdout);
            // The connections end with the process; closing each would only make the scenarios longer.
            _Exit(0);
        }
    }

    fprintf(stderr, "no scenario %s\n", argv[1]);
    return 2;
}
