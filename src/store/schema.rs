//! The tables as Diesel sees them: the same names and types on both databases.

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
        updated_at -> BigInt,
    }
}

diesel::table! {
    counters (name) {
        name -> Text,
        next -> BigInt,
    }
}

diesel::table! {
    tallies (name) {
        name -> Text,
        total -> BigInt,
    }
}

diesel::table! {
    sales_days (day) {
        day -> Integer,
        order_count -> BigInt,
        paid_minor -> BigInt,
        cv -> BigInt,
    }
}

diesel::table! {
    staff (id) {
        id -> BigInt,
        email -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Text,
        is_active -> Bool,
        created_at -> BigInt,
        signed_in_at -> BigInt,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Text,
        staff_id -> BigInt,
        csrf -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
        address -> Text,
        agent -> Text,
    }
}

diesel::table! {
    setup_links (token_hash) {
        token_hash -> Text,
        staff_id -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> BigInt,
    }
}

diesel::table! {
    members (id) {
        id -> BigInt,
        number -> Text,
        kind -> Text,
        status -> Text,
        name -> Text,
        latin_name -> Text,
        search -> Text,
        email -> Text,
        phone -> Text,
        country -> Text,
        language -> Text,
        street -> Text,
        postal_code -> Text,
        city -> Text,
        joined_on -> Integer,
        rank -> Text,
        highest_rank -> Text,
        person_id -> BigInt,
        version -> Integer,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    tree_links (id) {
        id -> BigInt,
        tree -> Text,
        member_id -> BigInt,
        parent_id -> BigInt,
        side -> Integer,
        from_day -> Integer,
        until_day -> Integer,
        reason -> Text,
    }
}

diesel::table! {
    member_attributes (member_id, name, from_day) {
        member_id -> BigInt,
        name -> Text,
        from_day -> Integer,
        value -> Text,
    }
}

diesel::table! {
    forced_ranks (member_id, period_label) {
        member_id -> BigInt,
        period_label -> Text,
        rank -> Text,
        reason -> Text,
        set_at -> BigInt,
        set_by -> BigInt,
    }
}

diesel::table! {
    products (id) {
        id -> BigInt,
        sku -> Text,
        name -> Text,
        line -> Text,
        status -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    product_prices (id) {
        id -> BigInt,
        product_id -> BigInt,
        price_type -> Text,
        currency -> Text,
        price_minor -> BigInt,
        qv -> BigInt,
        cv -> BigInt,
        measures -> Text,
        from_day -> Integer,
    }
}

diesel::table! {
    orders (id) {
        id -> BigInt,
        number -> Text,
        kind -> Text,
        order_type -> Text,
        member_id -> BigInt,
        through_id -> BigInt,
        payment -> Text,
        ordered_at -> BigInt,
        ordered_on -> Integer,
        commission_on -> Integer,
        currency -> Text,
        paid_minor -> BigInt,
        wholesale_minor -> BigInt,
        qv -> BigInt,
        cv -> BigInt,
        measures -> Text,
        line_count -> Integer,
        created_at -> BigInt,
    }
}

diesel::table! {
    order_lines (id) {
        id -> BigInt,
        order_id -> BigInt,
        line_no -> Integer,
        product_id -> BigInt,
        name -> Text,
        quantity -> BigInt,
        unit_price_minor -> BigInt,
        amount_minor -> BigInt,
        wholesale_minor -> BigInt,
        qv -> BigInt,
        cv -> BigInt,
        measures -> Text,
        original_order_id -> BigInt,
    }
}

diesel::table! {
    periods (id) {
        id -> BigInt,
        kind -> Text,
        label -> Text,
        first_day -> Integer,
        last_day -> Integer,
        status -> Text,
    }
}

diesel::table! {
    plan_versions (id) {
        id -> BigInt,
        name -> Text,
        version -> Integer,
        source -> Text,
        cases -> Text,
        sha256 -> Text,
        from_day -> Integer,
        created_at -> BigInt,
        created_by -> BigInt,
        edited_at -> BigInt,
        edited_by -> BigInt,
        activated_at -> BigInt,
        activated_by -> BigInt,
    }
}

diesel::table! {
    simulations (id) {
        id -> BigInt,
        plan_version -> Integer,
        plan_name -> Text,
        source -> Text,
        first_period -> Text,
        last_period -> Text,
        result -> Text,
        changes -> Binary,
        created_at -> BigInt,
        created_by -> BigInt,
        finished_at -> BigInt,
    }
}

diesel::table! {
    runs (id) {
        id -> BigInt,
        number -> Text,
        period_id -> BigInt,
        plan_version_id -> BigInt,
        status -> Text,
        currency -> Text,
        input_hash -> Text,
        result_hash -> Text,
        member_count -> BigInt,
        order_count -> BigInt,
        line_count -> BigInt,
        payee_count -> BigInt,
        exception_count -> BigInt,
        cv -> BigInt,
        earned_minor -> BigInt,
        clawback_minor -> BigInt,
        breakage_minor -> BigInt,
        frozen_at -> BigInt,
        frozen_by -> BigInt,
        calculated_at -> BigInt,
        reviewed_at -> BigInt,
        reviewed_by -> BigInt,
        approved_at -> BigInt,
        approved_by -> BigInt,
        committed_at -> BigInt,
        committed_by -> BigInt,
        discarded_at -> BigInt,
        discarded_by -> BigInt,
    }
}

diesel::table! {
    run_inputs (run_id, part) {
        run_id -> BigInt,
        part -> Integer,
        bytes -> Binary,
    }
}

diesel::table! {
    run_members (run_id, member_id) {
        run_id -> BigInt,
        member_id -> BigInt,
        pv -> BigInt,
        gv -> BigInt,
        is_active -> Bool,
        rank -> Text,
        paid_rank -> Text,
        highest_rank -> Text,
        downline_count -> BigInt,
        line_count -> BigInt,
        earned_minor -> BigInt,
        progress -> Text,
    }
}

diesel::table! {
    run_rules (run_id, rule) {
        run_id -> BigInt,
        rule -> Integer,
        bonus -> Text,
        on_bonus -> Text,
        kind -> Text,
        base_kind -> Text,
        level -> Integer,
        source -> Text,
        on_day -> Integer,
        because -> Text,
        line -> Text,
    }
}

diesel::table! {
    earning_lines (id) {
        id -> BigInt,
        run_id -> BigInt,
        member_id -> BigInt,
        rule -> Integer,
        order_id -> BigInt,
        from_member_id -> BigInt,
        base -> BigInt,
        amount_minor -> BigInt,
        original_line_id -> BigInt,
        rate -> Text,
        passed -> Text,
    }
}

diesel::table! {
    lines_of_orders (order_id, run_id) {
        order_id -> BigInt,
        run_id -> BigInt,
        lines -> Binary,
    }
}

diesel::table! {
    run_state (run_id, member_id, key) {
        run_id -> BigInt,
        member_id -> BigInt,
        key -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    run_wallets (run_id, member_id, wallet) {
        run_id -> BigInt,
        member_id -> BigInt,
        wallet -> Text,
        name -> Text,
        kind -> Text,
        amount_minor -> BigInt,
    }
}

diesel::table! {
    run_totals (run_id, bonus) {
        run_id -> BigInt,
        bonus -> Text,
        name -> Text,
        about -> Text,
        rule -> Text,
        position -> Integer,
        line_count -> BigInt,
        member_count -> BigInt,
        amount_minor -> BigInt,
        breakage_minor -> BigInt,
    }
}

diesel::table! {
    run_breakage (run_id, bonus, reason) {
        run_id -> BigInt,
        bonus -> Text,
        reason -> Text,
        line_count -> BigInt,
        amount_minor -> BigInt,
    }
}

diesel::table! {
    run_exceptions (run_id, position) {
        run_id -> BigInt,
        position -> Integer,
        severity -> Text,
        code -> Text,
        member_id -> BigInt,
        order_id -> BigInt,
        message -> Text,
    }
}

diesel::table! {
    ledger_accounts (id) {
        id -> BigInt,
        kind -> Text,
        member_id -> BigInt,
        currency -> Text,
        wallet -> Text,
    }
}

diesel::table! {
    ledger_transfers (id) {
        id -> BigInt,
        kind -> Text,
        from_account_id -> BigInt,
        to_account_id -> BigInt,
        amount_minor -> BigInt,
        currency -> Text,
        run_id -> BigInt,
        reference -> Text,
        on_day -> Integer,
        posted_at -> BigInt,
        posted_by -> BigInt,
        idempotency_key -> Text,
    }
}

diesel::table! {
    statements (id) {
        id -> BigInt,
        number -> Text,
        run_id -> BigInt,
        member_id -> BigInt,
        code -> Text,
        issued_on -> Integer,
        opening_minor -> BigInt,
        earned_minor -> BigInt,
        closing_minor -> BigInt,
    }
}

diesel::table! {
    messages (id) {
        id -> BigInt,
        batch -> Text,
        kind -> Text,
        member_id -> BigInt,
        statement_id -> BigInt,
        to_address -> Text,
        to_name -> Text,
        message_id -> Text,
        status -> Text,
        attempts -> Integer,
        next_try_at -> BigInt,
        lease_token -> BigInt,
        leased_until -> BigInt,
        answer -> Text,
        created_at -> BigInt,
        sent_at -> BigInt,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        payload -> Text,
        title -> Text,
        status -> Text,
        done -> BigInt,
        total -> BigInt,
        note -> Text,
        run_at -> BigInt,
        attempts -> Integer,
        lease_token -> BigInt,
        leased_until -> BigInt,
        stop_requested -> Bool,
        created_by -> BigInt,
        created_at -> BigInt,
        started_at -> BigInt,
        finished_at -> BigInt,
    }
}

diesel::table! {
    imports (id) {
        id -> BigInt,
        kind -> Text,
        file_name -> Text,
        file_sha256 -> Text,
        mapping_sha256 -> Text,
        is_dry_run -> Bool,
        status -> Text,
        rows_read -> BigInt,
        rows_created -> BigInt,
        rows_updated -> BigInt,
        rows_unchanged -> BigInt,
        rows_skipped -> BigInt,
        rows_rejected -> BigInt,
        rows_remarked -> BigInt,
        rows_done -> BigInt,
        fault -> Text,
        started_by -> BigInt,
        started_at -> BigInt,
        finished_at -> BigInt,
    }
}

diesel::table! {
    import_rejects (import_id, line_no) {
        import_id -> BigInt,
        line_no -> BigInt,
        reason -> Text,
        content -> Text,
    }
}

diesel::table! {
    import_remarks (id) {
        id -> BigInt,
        import_id -> BigInt,
        line_no -> BigInt,
        remark -> Text,
    }
}

diesel::table! {
    audit_log (id) {
        id -> BigInt,
        at -> BigInt,
        actor_id -> BigInt,
        actor -> Text,
        action -> Text,
        object_kind -> Text,
        object_id -> BigInt,
        object -> Text,
        before -> Text,
        after -> Text,
        address -> Text,
        previous_hash -> Text,
        hash -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    settings,
    counters,
    staff,
    sessions,
    setup_links,
    members,
    tree_links,
    member_attributes,
    forced_ranks,
    products,
    product_prices,
    orders,
    order_lines,
    periods,
    plan_versions,
    simulations,
    runs,
    run_inputs,
    run_members,
    earning_lines,
    lines_of_orders,
    run_rules,
    run_state,
    run_totals,
    run_wallets,
    run_breakage,
    run_exceptions,
    ledger_accounts,
    ledger_transfers,
    statements,
    messages,
    jobs,
    imports,
    import_rejects,
    import_remarks,
    audit_log
);
